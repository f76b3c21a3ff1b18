/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* libc_nonshared.a has it: position-independent i386 code calls it instead of a stub, whose
 * register it would have to set up. Nobody else may see it. */
void __stack_chk_fail(void);

__attribute__((visibility("hidden"))) void __stack_chk_fail_local(void)
{
    __stack_chk_fail();
}

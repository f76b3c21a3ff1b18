/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* An exception handler that is registered as safe. */
    .def @feat.00
    .scl 3
    .type 0
    .endef
    .globl @feat.00
@feat.00 = 1
    .text
    .def _handler
    .scl 2
    .type 32
    .endef
    .globl _handler
_handler:
    xorl %eax, %eax
    ret
    .safeseh _handler

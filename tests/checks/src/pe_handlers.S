/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One function with an exception handler whose data have the FORM that is chosen with -D, written by hand from the C
 * runtime's headers: SCOPES and FINALLY for __C_specific_handler, CXX and CXX_CLEANUP for __CxxFrameHandler3, CXX4 and
 * CXX4_CLEANUP for __CxxFrameHandler4, COOKIE for __GSHandlerCheck.
 * -DLISTED puts where it goes on into the table of exception continuation targets. */
    .text
    .globl handler
handler:
    retq

    .globl mainCRTStartup
    .def mainCRTStartup; .scl 2; .type 32; .endef
    .seh_proc mainCRTStartup
mainCRTStartup:
    subq $40, %rsp
    .seh_stackalloc 40
    .seh_endprologue
    .seh_handler handler, @except
tried:
    callq handler
tried_end:
    nop
goes_on:
    addq $40, %rsp
    retq
    .seh_handlerdata
#if defined(SCOPES)
    .long 1, tried@IMGREL, tried_end@IMGREL, 1, goes_on@IMGREL
#elif defined(FINALLY)
    .long 1, tried@IMGREL, tried_end@IMGREL, handler@IMGREL, 0
#elif defined(COOKIE)
    .long 0x78
#else
    .long info@IMGREL
#endif
    .text
    .seh_endproc

    .section .rdata, "dr"
    .balign 4
info:
#if defined(CXX)
    .long 0x19930522, 2, map@IMGREL, 1, map@IMGREL, 1, map@IMGREL, 0, 0, 1
#elif defined(CXX_CLEANUP)
    .long 0x19930522, 1, map@IMGREL, 0, 0, 1, map@IMGREL, 0, 0, 1
#elif defined(CXX4)
    .byte 0x18 /* unwind map, try block map */
    .long map@IMGREL, tries@IMGREL, map@IMGREL
#elif defined(CXX4_CLEANUP)
    .byte 0x08
    .long map@IMGREL, map@IMGREL
#endif
tries:
    .byte 1 << 1, 0 << 1, 0 << 1, 1 << 1 /* one block; states 0 to 0, caught in 1 */
    .long map@IMGREL
map:
    .long 0, 0, 0, 0

#if defined(LISTED)
    .globl @feat.00
@feat.00 = 0x4000 /* compiled with /guard:ehcont */
    .section .gehcont$y, "dr"
    .symidx goes_on
#endif

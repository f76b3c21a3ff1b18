/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "rust/scan.h"

/* clang-format off */
enum {
    BAD = RP_B_BAD,
    END = RP_B_END,
    WHT = RP_B_WHITE,
    WRD = RP_B_WORD,
    PRE = RP_B_PREFIX,
    DIG = RP_B_DIGIT,
    QUO = RP_B_QUOTE,
    TIK = RP_B_TICK,
    SLA = RP_B_SLASH,
    OPN = RP_B_OPEN,
    CLO = RP_B_CLOSE,
    SIN = RP_B_SINGLE,
    OPR = RP_B_OPERATOR,
    GT_ = RP_B_GT,
    HIG = RP_B_HIGH,
};
const uint8_t rp_byte_class_of[256] = {
    END, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, WHT, WHT, WHT, WHT, WHT, BAD, BAD, /* 00 */
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, /* 10 */
    WHT, OPR, QUO, SIN, SIN, OPR, OPR, TIK, OPN, CLO, OPR, OPR, SIN, OPR, OPR, SLA, /* 20 */
    DIG, DIG, DIG, DIG, DIG, DIG, DIG, DIG, DIG, DIG, OPR, SIN, OPR, OPR, GT_, SIN, /* 30 */
    SIN, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, /* 40 */
    WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, OPN, BAD, CLO, OPR, WRD, /* 50 */
    BAD, WRD, PRE, PRE, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, /* 60 */
    WRD, WRD, PRE, WRD, WRD, WRD, WRD, WRD, WRD, WRD, WRD, OPN, OPR, CLO, SIN, BAD, /* 70 */
    HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, /* 80 */
    HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, /* 90 */
    HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, /* a0 */
    HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, /* b0 */
    HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, /* c0 */
    HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, /* d0 */
    HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, /* e0 */
    HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, HIG, /* f0 */
};
/* clang-format on */

const uint8_t rp_byte_token_of[256] = {
    ['!'] = RP_T_NOT,          ['#'] = RP_T_HASH,
    ['$'] = RP_T_DOLLAR,       ['%'] = RP_T_PERCENT,
    ['&'] = RP_T_AND,          ['('] = RP_T_OPEN_PAREN,
    [')'] = RP_T_CLOSE_PAREN,  ['*'] = RP_T_STAR,
    ['+'] = RP_T_PLUS,         [','] = RP_T_COMMA,
    ['-'] = RP_T_MINUS,        ['.'] = RP_T_DOT,
    ['/'] = RP_T_SLASH,        [':'] = RP_T_COLON,
    [';'] = RP_T_SEMI,         ['<'] = RP_T_LT,
    ['='] = RP_T_EQ,           ['>'] = RP_T_GT,
    ['?'] = RP_T_QUESTION,     ['@'] = RP_T_AT,
    ['['] = RP_T_OPEN_BRACKET, [']'] = RP_T_CLOSE_BRACKET,
    ['^'] = RP_T_CARET,        ['{'] = RP_T_OPEN_BRACE,
    ['|'] = RP_T_OR,           ['}'] = RP_T_CLOSE_BRACE,
    ['~'] = RP_T_TILDE,
};

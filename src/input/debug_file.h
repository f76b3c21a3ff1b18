/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Separate debug files: finds the one that belongs to a stripped ELF file, as GDB does ("Debugging
 * Information in Separate Files"), and joins it to the image so that its symbols and DWARF are read
 * from there. */
#ifndef RP_INPUT_DEBUG_FILE_H
#define RP_INPUT_DEBUG_FILE_H

#include "input/input.h"

typedef struct rp_debug_file rp_debug_file;

/* Looks beside the file, in .debug/ beside it and below /usr/lib/debug, by build-id and by
 * .gnu_debuglink. Joins only what carries the same build-id, or, where there is none, the CRC that
 * .gnu_debuglink tells. Members of packages, standard input and files with a symbol table of their
 * own are left alone. Finding none is no error: NULL. The result lives in the image's arena and is
 * closed after the last use of the image. */
rp_debug_file *rp_debug_file_join(rp_image *img, const rp_input *item);
void rp_debug_file_close(rp_debug_file *file); /* NULL is fine */

#endif

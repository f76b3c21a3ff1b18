/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cli/output.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* After a write that failed: whether to try again. A pipe from a program that waits for events may
 * be full and not block. */
static bool write_again(int fd)
{
    struct pollfd room = {.fd = fd, .events = POLLOUT};
    if (errno == EAGAIN)
        return poll(&room, 1, -1) == 1 || errno == EINTR;
    return errno == EINTR;
}

int rp_write_all(int fd, rp_str s)
{
    while (s.len > 0) {
        ssize_t n = write(fd, s.ptr, s.len);
        if (n < 0 && write_again(fd))
            continue;
        if (n < 0)
            return errno;
        s = rp_str_sub(s, (size_t)n, SIZE_MAX);
    }
    return 0;
}

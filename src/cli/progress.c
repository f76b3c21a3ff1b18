/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "cli/progress.h"

#include "cli/term.h"
#include "text/display.h"

#include <time.h>
#include <unistd.h>

#define DELAY    300000000u /* nanoseconds before the first drawing: short runs show nothing */
#define INTERVAL 80000000u

enum { BAR = 20 };

static uint64_t now(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* A progress line that cannot be written is no error. */
static void put(const rp_buf *b)
{
    ssize_t n = b->bad ? 0 : write(STDERR_FILENO, b->ptr, b->len);
    (void)n;
}

static void erase(rp_progress *p)
{
    rp_buf b = {0};
    if (!p->drawn)
        return;
    rp_buf_puts(&b, "\r\x1b[K");
    put(&b);
    rp_buf_free(&b);
    p->drawn = false;
}

void rp_progress_init(rp_progress *p, bool enabled, bool unicode)
{
    *p = (rp_progress){.enabled = enabled, .unicode = unicode, .began = now()};
    (void)pthread_mutex_init(&p->lock, NULL);
    if (enabled)
        p->width = rp_term_columns(STDERR_FILENO);
}

static void put_bar(rp_buf *b, uint64_t done, uint64_t total)
{
    size_t full = total == 0 ? 0 : done >= total ? BAR : (size_t)(done * BAR / total);
    rp_buf_char(b, '[');
    rp_buf_repeat(b, '=', full);
    if (full < BAR)
        rp_buf_char(b, '>');
    rp_buf_repeat(b, ' ', full < BAR ? BAR - full - 1 : 0);
    rp_buf_char(b, ']');
}

/* As much of the end of the path as the line has room for. */
static void put_path(const rp_progress *p, rp_buf *line, size_t used, rp_str path)
{
    rp_buf name = {0};
    rp_put_escaped(&name, path);
    rp_str shown = rp_buf_str(&name);
    size_t room = p->width > used + 4 ? p->width - used - 4 : 0;
    size_t wide = rp_display_width(shown);
    if (wide > room && room > 0) {
        rp_buf_puts(line, p->unicode ? "…" : "...");
        room -= p->unicode ? 1 : 3;
    }
    uint32_t c = 0;
    for (size_t n; wide > room && shown.len > 0; shown = rp_str_sub(shown, n, SIZE_MAX)) {
        n = rp_utf8_decode(shown, 0, &c);
        wide -= n == 0 ? 1 : rp_char_width(c);
        n = n == 0 ? 1 : n;
    }
    rp_buf_put(line, shown);
    rp_buf_free(&name);
}

static void draw(rp_progress *p, uint64_t done, uint64_t total, rp_str path)
{
    rp_buf line = {0};
    rp_buf_puts(&line, "\r    Scanning ");
    if (total != 0)
        put_bar(&line, done, total);
    rp_buf_printf(&line, " %llu", (unsigned long long)done);
    if (total != 0)
        rp_buf_printf(&line, "/%llu", (unsigned long long)total);
    rp_buf_char(&line, ' ');
    put_path(p, &line, line.len, path);
    rp_buf_puts(&line, "\x1b[K");
    put(&line);
    rp_buf_free(&line);
    p->drawn = true;
}

void rp_progress_update(rp_progress *p, uint64_t done, uint64_t total, rp_str path)
{
    if (!p->enabled)
        return;
    (void)pthread_mutex_lock(&p->lock);
    uint64_t t = now();
    if (t - p->began >= DELAY && t - p->last >= INTERVAL) {
        p->last = t;
        draw(p, done, total, path);
    }
    (void)pthread_mutex_unlock(&p->lock);
}

void rp_progress_pause(rp_progress *p)
{
    (void)pthread_mutex_lock(&p->lock);
    erase(p);
}

void rp_progress_resume(rp_progress *p)
{
    (void)pthread_mutex_unlock(&p->lock);
}

void rp_progress_done(rp_progress *p)
{
    rp_progress_pause(p);
    p->enabled = false;
    rp_progress_resume(p);
    (void)pthread_mutex_destroy(&p->lock);
}

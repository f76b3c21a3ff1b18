/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The only program of rustproof that talks to a network: one conditional GET over HTTPS by libcurl.
 * It reads no file but certificates and writes nothing but its standard streams, which the caller
 * opened:
 *
 *   rustproof-fetch URL ETAG LAST-MODIFIED CA-FILE MAX-BYTES SECONDS      ("" for what is not
 * known)
 *
 * The body goes to standard output; standard error gets lines "key<TAB>value": status, etag,
 * last-modified, error. Exit code 0: there was an answer with a status, 1: there was none.
 *
 * Proxies are libcurl's own: https_proxy, all_proxy, no_proxy. */
#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { URL = 1, ETAG, MODIFIED, CA_FILE, MAX_BYTES, SECONDS, ARGUMENTS };
enum { REDIRECTS = 5, CONNECT_SECONDS = 30, SLOW_BYTES = 500, SLOW_SECONDS = 30 };

typedef struct {
    uint64_t left; /* bytes that may still come */
    bool too_long, unwritable;
    char etag[256], modified[128];
} answer;

static bool write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, bytes, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        bytes += done;
        n -= (size_t)done;
    }
    return true;
}

/* A control character in a value would look like another line. */
static void tell(const char *key, const char *value)
{
    char line[600];
    int n = snprintf(line, sizeof line, "%s\t%s", key, value);
    size_t len = n < 0 ? 0 : (size_t)n < sizeof line - 1 ? (size_t)n : sizeof line - 2;
    for (size_t i = strlen(key) + 1; i < len; i++)
        if ((unsigned char)line[i] < 0x20)
            line[i] = ' ';
    line[len++] = '\n';
    (void)write_all(STDERR_FILENO, line, len);
}

static size_t take_body(char *bytes, size_t size, size_t n, void *user)
{
    answer *a = user;
    size_t len = size * n;
    a->too_long = len > a->left;
    if (a->too_long || !write_all(STDOUT_FILENO, bytes, len)) {
        a->unwritable = !a->too_long;
        return 0; /* ends the transfer */
    }
    a->left -= len;
    return len;
}

/* "ETag: value\r\n" into `to` when it is that field; too long a value counts as none. */
static void keep_field(const char *line, size_t len, const char *name, char *to, size_t size)
{
    size_t n = strlen(name);
    if (len <= n || strncasecmp(line, name, n) != 0 || line[n] != ':')
        return;
    for (n++; n < len && (line[n] == ' ' || line[n] == '\t');)
        n++;
    while (len > n && (line[len - 1] == '\r' || line[len - 1] == '\n' || line[len - 1] == ' '))
        len--;
    if (len - n >= size)
        return;
    memcpy(to, line + n, len - n);
    to[len - n] = '\0';
}

static size_t take_header(char *line, size_t size, size_t n, void *user)
{
    answer *a = user;
    if (size * n > 5 && memcmp(line, "HTTP/", 5) == 0) /* the next answer: a redirect came before */
        a->etag[0] = a->modified[0] = '\0';
    keep_field(line, size * n, "etag", a->etag, sizeof a->etag);
    keep_field(line, size * n, "last-modified", a->modified, sizeof a->modified);
    return size * n;
}

static bool add_condition(struct curl_slist **headers, const char *name, const char *value)
{
    char line[400];
    if (value[0] == '\0')
        return true;
    int n = snprintf(line, sizeof line, "%s: %s", name, value);
    struct curl_slist *more =
        n > 0 && (size_t)n < sizeof line ? curl_slist_append(*headers, line) : NULL;
    if (more == NULL)
        return false;
    *headers = more;
    return true;
}

/* As the program curl does: what people set for it should help here too. */
static const char *ca_file(const char *given)
{
    static const char *const names[] = {"CARGO_HTTP_CAINFO", "CURL_CA_BUNDLE", "SSL_CERT_FILE"};
    for (size_t i = 0; given[0] == '\0' && i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0')
            return value;
    }
    return given[0] != '\0' ? given : NULL;
}

static bool only_https(CURL *c)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "https") == CURLE_OK;
#else
    return curl_easy_setopt(c, CURLOPT_PROTOCOLS, (long)CURLPROTO_HTTPS) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS, (long)CURLPROTO_HTTPS) == CURLE_OK;
#endif
}

static bool prepare(CURL *c, char **argv, answer *a, struct curl_slist *headers, char *why)
{
    const char *ca = ca_file(argv[CA_FILE]);
    bool ok = only_https(c) && curl_easy_setopt(c, CURLOPT_URL, argv[URL]) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)REDIRECTS) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_WRITEDATA, a) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_HEADERDATA, a) == CURLE_OK;
    if (ca != NULL)
        ok = ok && curl_easy_setopt(c, CURLOPT_CAINFO, ca) == CURLE_OK;
    (void)curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why);
    (void)curl_easy_setopt(c, CURLOPT_USERAGENT, "rustproof/" RP_VERSION);
    (void)curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    (void)curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES);
    (void)curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)SLOW_SECONDS);
    (void)curl_easy_setopt(c, CURLOPT_TIMEOUT, strtol(argv[SECONDS], NULL, 10));
    return ok;
}

static int report(CURL *c, CURLcode code, const answer *a, const char *why)
{
    char status[16];
    long http = 0;
    if (code != CURLE_OK) {
        tell("error", a->too_long     ? "the answer is longer than may be"
                      : a->unwritable ? "the answer could not be written"
                      : why[0]        ? why
                                      : curl_easy_strerror(code));
        return 1;
    }
    (void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &http);
    (void)snprintf(status, sizeof status, "%ld", http);
    tell("status", status);
    tell("etag", a->etag);
    tell("last-modified", a->modified);
    return 0;
}

int main(int argc, char **argv)
{
    char why[CURL_ERROR_SIZE] = "";
    struct curl_slist *headers = NULL;
    answer a = {0};
    int result = 1;
    if (argc != ARGUMENTS) {
        tell("error", "usage: rustproof-fetch URL ETAG LAST-MODIFIED CA-FILE MAX-BYTES SECONDS");
        return 2;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    a.left = strtoull(argv[MAX_BYTES], NULL, 10);
    CURL *c = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
    bool ok =
        c != NULL && add_condition(&headers, "If-None-Match", argv[ETAG]) &&
        (argv[ETAG][0] != '\0' || add_condition(&headers, "If-Modified-Since", argv[MODIFIED])) &&
        prepare(c, argv, &a, headers, why);
    if (ok)
        result = report(c, curl_easy_perform(c), &a, why);
    else
        tell("error", "libcurl could not be set up");
    curl_slist_free_all(headers);
    curl_easy_cleanup(c);
    curl_global_cleanup();
    return result;
}

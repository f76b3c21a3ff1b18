/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* An `unsafe impl Send` or `Sync` of a small type: what is known of each parameter, as words. */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rust/variance.h"
#include "rust_texts.h"

/* The words: bounds, how fields hold it, uses; behind | what is known of the type. */
static const struct {
    const char *text, *said;
} rows[] = {
    {"pub struct S<T>(Vec<T>); unsafe impl<T> Send for S<T> {}", "T owned |exported"},
    {"pub struct S<T>(Vec<T>); unsafe impl<T: Send> Send for S<T> {}", "T send owned |exported"},
    {"pub struct S<T>(Vec<T>); unsafe impl<T> Send for S<T> where T: Copy {}",
     "T copy owned |exported"},
    {"pub trait A: Send {} pub struct S<T>(Vec<T>); unsafe impl<T: A> Sync for S<T> {}",
     "T send owned |exported sync"},
    {"pub struct S<T>(std::cell::UnsafeCell<T>); unsafe impl<T> Sync for S<T> {}",
     "T owned locked |exported sync"},
    {"pub struct S<'a, T>(&'a T); unsafe impl<'a, T> Send for S<'a, T> {}", "T lent |exported"},
    {"pub struct S<T>(*mut T); unsafe impl<T> Send for S<T> {}", "T |exported"},
    {"pub struct S<T>(*mut u8, std::marker::PhantomData<T>); unsafe impl<T> Send for S<T> {}",
     "T phantom |exported"},
    {"pub struct S<T>(std::marker::PhantomData<T>); unsafe impl<T> Send for S<T> {}",
     "T phantom hollow |exported"},
    {"pub struct S<T, U>(Vec<U>, std::marker::PhantomData<T>); unsafe impl<T, U: Send> Send for "
     "S<T, "
     "U> {}",
     "T phantom hollow U send owned |exported"},
    {"pub struct R(*mut ()); pub struct S<T>(R, std::marker::PhantomData<T>); unsafe impl<T> Send "
     "for S<T> {}",
     "T phantom |exported"},
    {"pub struct S<T>(std::cell::UnsafeCell<T>); unsafe impl<T> Sync for S<T> {} impl<T> S<T> { "
     "pub "
     "fn get(&self) -> &T { assert!(in_thread_mode()); loop {} } } fn in_thread_mode() -> bool { "
     "loop {} }",
     "T owned locked shared |exported thread sync"},
    {"pub struct O; pub struct S<T>(*mut O, std::marker::PhantomData<T>); unsafe impl<T> Send for "
     "S<T> {}",
     "T phantom |exported handle"},
    {"pub struct S<T>(Vec<T>); unsafe impl<T> Sync for S<T> {} impl<T> S<T> { pub fn get(&self) -> "
     "&T { &self.0[0] } }",
     "T owned shared |exported sync"},
    {"pub struct S<T>(Vec<T>); unsafe impl<T> Sync for S<T> {} impl<T> S<T> { pub fn put(&self, t: "
     "T) {} }",
     "T owned moved |exported sync"},
    {"pub struct S<T>(Vec<T>); unsafe impl<T> Sync for S<T> {} impl<T> S<T> { pub fn new(t: T) -> "
     "Self { S(vec![t]) } pub fn out(self) -> T { loop {} } }",
     "T owned made other |exported sync"},
    {"pub struct S<T>(Vec<T>); unsafe impl<T> Sync for S<T> {} impl<T: Sync> S<T> { pub fn "
     "get(&self) -> &T { &self.0[0] } }",
     "T owned |exported sync"},
    {"struct S<T>(T); unsafe impl<T> Send for S<T> {} pub struct X;", "T owned |"},
    {"#[derive(Clone, Copy)] pub struct S<T>(*mut T); unsafe impl<T> Send for S<T> {}",
     "T |exported copy cloned"},
    {"pub struct S<T>(*mut T); unsafe impl<T> Sync for S<T> {} impl<T> S<T> { fn f(&self) { "
     "raw_thread_id(); } } fn raw_thread_id() {}",
     "T |exported thread sync"},
    {"pub trait D<T> {} pub struct S<T>(Box<dyn D<T>>); unsafe impl<T> Send for S<T> {}",
     "T owned |exported"},
    {"pub trait D<T> {} pub struct S<T>(Box<dyn D<T> + Send>); unsafe impl<T> Send for S<T> {}",
     "T |exported"},
    {"pub struct Own; pub struct S<T>(T); unsafe impl<T> Send for S<T> {} impl<T> S<T> { fn "
     "new(t: T) -> Self { S(t) } } pub fn make() -> S<Own> { S::new(Own) }",
     "T owned |exported makers-ask"},
    {"pub struct Own; pub struct S<T>(T); unsafe impl<T> Send for S<T> {} impl<T> S<T> { pub fn "
     "new(t: T) -> Self { S(t) } } pub fn make() -> S<Own> { S::new(Own) }",
     "T owned made |exported"},
    {"pub struct S<T>(*mut (), std::marker::PhantomData<T>); unsafe impl<T> Send for S<T> {} pub "
     "fn make<T: Send>(t: T) -> S<T> { loop {} }",
     "T phantom |exported makers-ask"},
    {"pub struct S<T>(*mut (), std::marker::PhantomData<T>); unsafe impl<T> Send for S<T> {} pub "
     "fn make<T: Send>(t: T) -> S<T> { loop {} } pub fn lax<T>(t: T) -> S<T> { loop {} }",
     "T phantom |exported"},
    {"pub enum S<T> { A(T) } unsafe impl<T> Sync for S<T> {}", "T owned |exported open sync"},
};

static rp_rust_crate *crate_of(const char *text, rp_arena *arena)
{
    rust_text file = {"lib.rs", text};
    rust_texts all = {.items = &file, .n = 1};
    return rust_crate_of(&all, RP_EDITION_2021, arena);
}

static void say(char *text, size_t size, bool is, const char *word)
{
    if (is)
        snprintf(text + strlen(text), size - strlen(text), "%s ", word);
}

static void say_param(char *text, size_t size, const rp_variance_param *p)
{
    snprintf(text + strlen(text), size - strlen(text), "%.*s ", RP_FMT(p->name));
    say(text, size, p->send, "send");
    say(text, size, p->sync, "sync");
    say(text, size, p->copy, "copy");
    say(text, size, p->phantom, "phantom");
    say(text, size, p->hollow, "hollow");
    say(text, size, p->owned, "owned");
    say(text, size, p->locked, "locked");
    say(text, size, p->lent, "lent");
    say(text, size, rp_use_is(p, RP_USE_MOVED), "moved");
    say(text, size, rp_use_is(p, RP_USE_SHARED), "shared");
    say(text, size, rp_use_is(p, RP_USE_MADE), "made");
    say(text, size, rp_use_is(p, RP_USE_OTHER), "other");
}

static void say_type(rp_types *t, char *text, size_t size, const rp_variance *v)
{
    snprintf(text + strlen(text), size - strlen(text), "|");
    say(text, size, v->is_exported, "exported");
    say(text, size, v->is_open, "open");
    say(text, size, v->is_copy, "copy");
    say(text, size, v->is_cloned, "cloned");
    say(text, size, v->is_handle, "handle");
    say(text, size, v->asks_thread, "thread");
    say(text, size, v->is_sync, "sync");
    say(text, size, rp_variance_makers_ask(t, v, &v->params[0]), "makers-ask");
    size_t n = strlen(text);
    if (n != 0 && text[n - 1] == ' ')
        text[n - 1] = 0;
}

/* False: out of memory. */
static bool said_of(const char *text, char *ret, size_t size)
{
    rp_arena arena = {0};
    rp_rust_crate *c = crate_of(text, &arena);
    rp_types types = {.refused = true};
    ret[0] = 0;
    bool ready = c != NULL && rp_types_init(&types, c, &arena);
    for (rp_def_id id = 1; ready && id < c->defs.n; id++) {
        rp_variance v;
        if (!rp_variance_of(&types, id, &v))
            continue;
        for (uint32_t i = 0; i < v.n; i++)
            say_param(ret, size, &v.params[i]);
        say_type(&types, ret, size, &v);
        break;
    }
    bool whole = ready && !types.refused && !arena.refused && !rp_rust_crate_refused(c);
    rp_arena_free(&arena);
    return whole;
}

static void each_type_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char got[256];
        assert_true(said_of(rows[i].text, got, sizeof got));
        if (strcmp(got, rows[i].said) != 0)
            fail_msg("%s\n  is \"%s\", not \"%s\"", rows[i].text, got, rows[i].said);
    }
}

static void without_memory_nothing_is_missing_in_silence(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i += 5)
        for (uint64_t n = 1, asked = n; asked >= n; n++) {
            char got[256];
            rp_arena_fail_at(n);
            bool whole = said_of(rows[i].text, got, sizeof got);
            asked = rp_arena_fail_at(0);
            if (whole)
                assert_string_equal(got, rows[i].said);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_type_is_known),
        cmocka_unit_test(without_memory_nothing_is_missing_in_silence)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// Loaded before the C library: from the n-th write under a folder on, or at it alone, the disk says `code`.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static char under[4096];
static long countdown = -1;
static int code, is_once, no_locks;

void fault_arm(const char *folder, long after, int error, int once, int locks_fail) {
    snprintf(under, sizeof under, "%s", folder);
    code = error, is_once = once, no_locks = locks_fail;
    countdown = after;
}

long fault_left(void) { return countdown; }

static int is_under(const char *path) { return under[0] && strncmp(path, under, strlen(under)) == 0; }

static int of_file(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_under(path);
}

static int fails(int concerns) {
    if (countdown < 0 || !concerns) return 0;
    if (countdown > 0) { countdown--; return 0; }
    if (is_once) countdown = -1;
    errno = code;
    return 1;
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = dlsym(RTLD_NEXT, name)

ssize_t write(int fd, const void *data, size_t size) {
    REAL(ssize_t, "write", int, const void *, size_t);
    return fails(of_file(fd)) ? -1 : real(fd, data, size);
}

ssize_t writev(int fd, const struct iovec *data, int count) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    return fails(of_file(fd)) ? -1 : real(fd, data, count);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    return fails(of_file(fd)) ? -1 : real(fd, data, size, at);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    return fails(of_file(fd)) ? -1 : real(fd, data, size, at);
}

int posix_fallocate(int fd, off_t at, off_t size) {
    REAL(int, "posix_fallocate", int, off_t, off_t);
    return fails(of_file(fd)) ? code : real(fd, at, size);
}

int posix_fallocate64(int fd, off64_t at, off64_t size) {
    REAL(int, "posix_fallocate64", int, off64_t, off64_t);
    return fails(of_file(fd)) ? code : real(fd, at, size);
}

int fsync(int fd) {
    REAL(int, "fsync", int);
    return fails(of_file(fd)) ? -1 : real(fd);
}

int mkdir(const char *path, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t);
    return fails(is_under(path)) ? -1 : real(path, mode);
}

int rename(const char *old, const char *new) {
    REAL(int, "rename", const char *, const char *);
    return fails(is_under(new)) ? -1 : real(old, new);
}

int open(const char *path, int flags, ...) {
    REAL(int, "open", const char *, int, ...);
    va_list rest; va_start(rest, flags); int mode = va_arg(rest, int); va_end(rest);
    return (flags & O_CREAT) && fails(is_under(path)) ? -1 : real(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    REAL(int, "open64", const char *, int, ...);
    va_list rest; va_start(rest, flags); int mode = va_arg(rest, int); va_end(rest);
    return (flags & O_CREAT) && fails(is_under(path)) ? -1 : real(path, flags, mode);
}

int flock(int fd, int operation) {
    REAL(int, "flock", int, int);
    if (no_locks && of_file(fd)) { errno = ENOLCK; return -1; }
    return real(fd, operation);
}

int fcntl64(int fd, int command, ...) {
    REAL(int, "fcntl64", int, int, ...);
    va_list rest; va_start(rest, command); void *argument = va_arg(rest, void *); va_end(rest);
    if (no_locks && (command == F_SETLK || command == F_SETLKW) && of_file(fd)) { errno = ENOLCK; return -1; }
    return real(fd, command, argument);
}

int fcntl(int fd, int command, ...) {
    REAL(int, "fcntl", int, int, ...);
    va_list rest; va_start(rest, command); void *argument = va_arg(rest, void *); va_end(rest);
    if (no_locks && (command == F_SETLK || command == F_SETLKW) && of_file(fd)) { errno = ENOLCK; return -1; }
    return real(fd, command, argument);
}

#include "runtime/platform.h"

#include <stdlib.h>
#include <string.h>

#include <new>

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#include <malloc.h>
#include <windows.h>
#else
#include <pthread.h>
#include <sys/mman.h>
#endif

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace bitnet {
namespace {

constexpr uint64_t kAlignment = 64;

// Blocks from this size on come from the OS. Under AddressSanitizer all come from malloc, which it
// watches.
#if defined(__SANITIZE_ADDRESS__)
constexpr uint64_t kLargeBytes = UINT64_MAX;
#else
constexpr uint64_t kLargeBytes = 1 << 20;
#endif

struct Start {
  void (*body)(void*);
  void* argument;
};

#if defined(_WIN32)
DWORD WINAPI thread_main(LPVOID parameter) {
#else
void* thread_main(void* parameter) {
#endif
  const Start start = *static_cast<Start*>(parameter);
  free(parameter);
  start.body(start.argument);
  return 0;
}

}  // namespace

void* allocate_zeroed(uint64_t bytes) {
  if (bytes > SIZE_MAX - kAlignment) return nullptr;
  if (bytes >= kLargeBytes) {
#if defined(_WIN32)
    return VirtualAlloc(nullptr, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
#else
    void* memory =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? nullptr : memory;
#endif
  }
  const uint64_t rounded = (bytes + kAlignment) / kAlignment * kAlignment;  // never 0
#if defined(_WIN32)
  void* memory = _aligned_malloc(rounded, kAlignment);
#else
  void* memory = aligned_alloc(kAlignment, rounded);
#endif
  if (memory != nullptr) memset(memory, 0, rounded);
  return memory;
}

void release_memory(void* memory, uint64_t bytes) {
  if (memory == nullptr) return;
#if defined(_WIN32)
  if (bytes >= kLargeBytes) {
    VirtualFree(memory, 0, MEM_RELEASE);
  } else {
    _aligned_free(memory);
  }
#else
  if (bytes >= kLargeBytes) {
    munmap(memory, bytes);
  } else {
    free(memory);
  }
#endif
}

void prefer_huge_pages(void* memory, uint64_t bytes) {
#if defined(MADV_HUGEPAGE)
  if (bytes >= kLargeBytes) madvise(memory, bytes, MADV_HUGEPAGE);  // which begins at a page
#else
  (void)memory;
  (void)bytes;
#endif
}

bool start_thread(OsThread* thread, void (*body)(void*), void* argument) {
  Start* start = static_cast<Start*>(malloc(sizeof(Start)));
  if (start == nullptr) return false;
  *start = {body, argument};
#if defined(_WIN32)
  HANDLE handle = CreateThread(nullptr, 0, thread_main, start, 0, nullptr);
  const bool started = handle != nullptr;
  if (started) thread->handle = reinterpret_cast<uint64_t>(handle);
#else
  pthread_t handle;
  const bool started = pthread_create(&handle, nullptr, thread_main, start) == 0;
  static_assert(sizeof handle <= sizeof thread->handle);
  if (started) memcpy(&thread->handle, &handle, sizeof handle);
#endif
  if (!started) free(start);
  return started;
}

void join_thread(OsThread* thread) {
#if defined(_WIN32)
  HANDLE handle = reinterpret_cast<HANDLE>(thread->handle);
  WaitForSingleObject(handle, INFINITE);
  CloseHandle(handle);
#else
  pthread_t handle;
  memcpy(&handle, &thread->handle, sizeof handle);
  pthread_join(handle, nullptr);
#endif
}

void spin_pause() {
#if defined(__SSE2__)
  _mm_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

DefaultFloatMode::DefaultFloatMode() {
#if defined(__SSE2__)
  saved_ = _mm_getcsr();
  _mm_setcsr(0x1f80);  // the reset value: all exceptions masked, round to nearest, no FTZ, no DAZ
#elif defined(__aarch64__)
  uint64_t mode;
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  saved_ = mode;
  __asm__ volatile("msr fpcr, %0" : : "r"(static_cast<uint64_t>(0)));
#else
  saved_ = 0;
#endif
}

DefaultFloatMode::~DefaultFloatMode() {
#if defined(__SSE2__)
  _mm_setcsr(static_cast<uint32_t>(saved_));
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(saved_));
#endif
}

}  // namespace bitnet

// Everything that differs between operating systems. platform.cc is the only file with their calls.
#ifndef BITNET_RUNTIME_PLATFORM_H
#define BITNET_RUNTIME_PLATFORM_H

#include <stdint.h>

namespace bitnet {

// Zeroed memory aligned to 64 bytes, NULL on failure. Large blocks come straight from the OS, which
// commits a page when it is first written. bytes may be 0.
void* allocate_zeroed(uint64_t bytes);

// Frees what allocate_zeroed(bytes) returned. NULL is fine.
void release_memory(void* memory, uint64_t bytes);

// Asks for large pages behind memory from allocate_zeroed that nothing was written to yet, so that long
// reads do not stop to look up addresses. A wish: the OS may ignore it.
void prefer_huge_pages(void* memory, uint64_t bytes);

// An OS thread. Not std::thread: its constructor reports failure by an exception only.
struct OsThread {
  uint64_t handle;
};

// Runs body(argument) on a new thread; false when the OS refuses.
bool start_thread(OsThread* thread, void (*body)(void*), void* argument);
void join_thread(OsThread* thread);

// Tells the CPU that this is a spin loop.
void spin_pause();

// Puts the calling thread into the default floating-point environment (round to nearest, subnormals
// kept) and restores the caller's on destruction: a host may have loaded a library that changed it.
class DefaultFloatMode {
 public:
  DefaultFloatMode();
  ~DefaultFloatMode();
  DefaultFloatMode(const DefaultFloatMode&) = delete;
  DefaultFloatMode& operator=(const DefaultFloatMode&) = delete;

 private:
  uint64_t saved_;
};

}  // namespace bitnet

#endif

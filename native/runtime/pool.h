// The thread pool: fork and join over a range. Each thread begins with a share of its own, in chunks one
// after the other, so that it goes on where it has just read; when that is done it takes chunks of the others'.
#ifndef BITNET_RUNTIME_POOL_H
#define BITNET_RUNTIME_POOL_H

#include <atomic>

#include "include/bitnet.h"
#include "runtime/array.h"
#include "runtime/platform.h"

namespace bitnet {

// One forward pass's claim on a pool, for the calling thread. When another forward pass holds the
// pool, this one has the calling thread alone. Not for use by several threads.
class PoolLease {
 public:
  explicit PoolLease(bn_pool* pool);
  ~PoolLease();
  PoolLease(const PoolLease&) = delete;
  PoolLease& operator=(const PoolLease&) = delete;

  // Threads that for_each may use, the caller included.
  uint32_t n_threads() const;

  // Calls f(begin, end, thread) for disjoint ranges that cover 0..n, at most `chunk` long, from up to
  // n_threads() threads; thread < n_threads() numbers them. Returns when all are done.
  template <typename F>
  void for_each(uint64_t n, uint64_t chunk, const F& f) {
    run(n, chunk, &f, [](const void* body, uint64_t begin, uint64_t end, uint32_t thread) {
      (*static_cast<const F*>(body))(begin, end, thread);
    });
  }

 private:
  using Body = void (*)(const void* data, uint64_t begin, uint64_t end, uint32_t thread);
  void run(uint64_t n, uint64_t chunk, const void* data, Body body);

  bn_pool* pool_;  // NULL: the calling thread alone
};

}  // namespace bitnet

// A job is open or closed. Workers may join an open one only; its owner closes it when all chunks are
// taken and waits for those who joined. A worker that is late, because the OS gave its core to
// somebody else, holds nobody up: it finds the job closed and goes back to waiting.
struct bn_pool {
  struct Worker {
    bn_pool* pool;
    uint32_t index;  // 1..n_threads-1; 0 is the caller
    bitnet::OsThread thread;
  };

  // The part of the job's range that one thread begins with and all take chunks of.
  struct alignas(64) Share {
    std::atomic<uint64_t> next;
    uint64_t end;
  };

  uint32_t n_threads = 0;
  uint32_t n_started = 0;
  bitnet::Array<Worker> workers;

  std::atomic<bool> taken{false};
  std::atomic<bool> stopping{false};

  // Rises with every job and at the end; parked workers wait on it.
  alignas(64) std::atomic<uint32_t> signal{0};

  // Workers inside the job, plus kClosed.
  static constexpr uint32_t kClosed = 1u << 31;
  alignas(64) std::atomic<uint32_t> members{kClosed};

  // The job: written while it is closed and empty.
  const void* data = nullptr;
  void (*body)(const void*, uint64_t, uint64_t, uint32_t) = nullptr;
  uint64_t chunk = 1;
  bitnet::Array<Share> shares;  // one for each thread

  // Starts the workers; BN_OK, BN_ERROR_OUT_OF_MEMORY or BN_ERROR_THREADS. On failure stop() is still
  // due.
  int32_t start(uint32_t threads);
  void stop();

  void divide(uint64_t n);     // the shares of 0..n, whole chunks each
  void work(uint32_t thread);  // takes chunks until none is left
  void worker_main(uint32_t index);
};

#endif

#include "runtime/pool.h"

#include <algorithm>

namespace bitnet {
namespace {

// A forward pass leaves its threads a few microseconds between two jobs; sleeping and waking takes
// longer. So a waiting thread looks this often (some 20 to 50 microseconds) before it sleeps.
constexpr int kSpins = 1000;

// Returns once value != old, or, in vain, after kSpins looks.
void spin_while_equal(const std::atomic<uint32_t>& value, uint32_t old) {
  for (int i = 0; i < kSpins; ++i) {
    if (value.load(std::memory_order_acquire) != old) return;
    spin_pause();
  }
}

}  // namespace

PoolLease::PoolLease(bn_pool* pool) : pool_(nullptr) {
  if (pool->n_threads > 1 && !pool->taken.exchange(true, std::memory_order_acquire)) pool_ = pool;
}

PoolLease::~PoolLease() {
  if (pool_ != nullptr) pool_->taken.store(false, std::memory_order_release);
}

uint32_t PoolLease::n_threads() const { return pool_ == nullptr ? 1 : pool_->n_threads; }

void PoolLease::run(uint64_t n, uint64_t chunk, const void* data, Body body) {
  if (pool_ == nullptr || n <= chunk) {
    for (uint64_t begin = 0; begin < n; begin += chunk) {
      body(data, begin, n - begin < chunk ? n : begin + chunk, 0);
    }
    return;
  }
  bn_pool& pool = *pool_;
  pool.data = data;
  pool.body = body;
  pool.chunk = chunk;
  pool.divide(n);
  pool.members.store(0, std::memory_order_release);  // open
  pool.signal.fetch_add(1, std::memory_order_release);
  pool.signal.notify_all();

  pool.work(0);

  uint32_t members = pool.members.fetch_or(bn_pool::kClosed, std::memory_order_acq_rel);
  members |= bn_pool::kClosed;
  while (members != bn_pool::kClosed) {
    spin_while_equal(pool.members, members);
    if (pool.members.load(std::memory_order_acquire) == members) pool.members.wait(members);
    members = pool.members.load(std::memory_order_acquire);
  }
}

}  // namespace bitnet

int32_t bn_pool::start(uint32_t threads) {
  n_threads = threads;
  if (!workers.allocate(threads) || !shares.allocate(threads)) return BN_ERROR_OUT_OF_MEMORY;
  for (uint32_t i = 1; i < threads; ++i) {
    Worker& worker = workers[i];
    worker = {this, i, {}};
    const auto main = [](void* argument) {
      Worker* self = static_cast<Worker*>(argument);
      self->pool->worker_main(self->index);
    };
    if (!bitnet::start_thread(&worker.thread, main, &worker)) return BN_ERROR_THREADS;
    n_started = i;
  }
  return BN_OK;
}

void bn_pool::stop() {
  stopping.store(true, std::memory_order_release);
  signal.fetch_add(1, std::memory_order_release);
  signal.notify_all();
  for (uint32_t i = 1; i <= n_started; ++i) bitnet::join_thread(&workers[i].thread);
  n_started = 0;
}

void bn_pool::divide(uint64_t n) {
  const uint64_t chunks = (n + chunk - 1) / chunk;
  for (uint64_t i = 0; i < n_threads; ++i) {
    shares[i].next.store(std::min(chunks * i / n_threads * chunk, n), std::memory_order_relaxed);
    shares[i].end = std::min(chunks * (i + 1) / n_threads * chunk, n);
  }
}

void bn_pool::work(uint32_t thread) {
  for (uint32_t i = 0; i < n_threads; ++i) {
    Share& share = shares[(thread + i) % n_threads];
    for (;;) {
      const uint64_t begin = share.next.fetch_add(chunk, std::memory_order_relaxed);
      if (begin >= share.end) break;
      body(data, begin, std::min(begin + chunk, share.end), thread);
    }
  }
}

void bn_pool::worker_main(uint32_t index) {
  const bitnet::DefaultFloatMode float_mode;
  uint32_t seen = 0;
  for (;;) {
    bitnet::spin_while_equal(signal, seen);
    signal.wait(seen, std::memory_order_acquire);
    seen = signal.load(std::memory_order_acquire);
    if (stopping.load(std::memory_order_acquire)) return;

    uint32_t current = members.load(std::memory_order_relaxed);
    bool joined = false;
    while ((current & kClosed) == 0 && !joined) {
      joined = members.compare_exchange_weak(current, current + 1, std::memory_order_acq_rel);
    }
    if (!joined) continue;
    work(index);
    // After the last member has left a closed job, the owner may at once reuse or free the pool's
    // job, but the pool itself lives until its workers are joined.
    if (members.fetch_sub(1, std::memory_order_acq_rel) == (kClosed | 1)) members.notify_one();
  }
}

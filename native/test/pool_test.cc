// The thread pool, alone and under many forward passes at once.
#include "runtime/pool.h"

#include <atomic>
#include <chrono>
#include <thread>

#include "test/compare.h"
#include "test/engine.h"
#include "test/shapes.h"

using bitnet::PoolLease;

TEST("every element of a range is visited once, by threads within bounds") {
  for (const uint32_t threads : {1, 2, 3, 8}) {
    const PoolHandle pool = make_pool(threads);
    CHECK_EQ(bn_pool_threads(pool.get()), threads);
    for (const uint64_t n : {0, 1, 2, 7, 64, 1000}) {
      for (const uint64_t chunk : {1, 3, 64, 5000}) {
        SCOPE("%u threads, n %d, chunk %d", threads, static_cast<int>(n), static_cast<int>(chunk));
        std::vector<std::atomic<int>> visits(n);
        std::atomic<bool> in_bounds{true};
        PoolLease lease(pool.get());
        lease.for_each(n, chunk, [&](uint64_t begin, uint64_t end, uint32_t thread) {
          if (begin >= end || end > n || end - begin > chunk || thread >= threads) in_bounds = false;
          for (uint64_t i = begin; i < end; ++i) ++visits[i];
        });
        CHECK(in_bounds);
        bool once = true;
        for (const auto& v : visits) once = once && v == 1;
        CHECK(once);
      }
    }
  }
}

TEST("thousands of short jobs in a row each finish before the next begins") {
  const PoolHandle pool = make_pool(4);
  PoolLease lease(pool.get());
  std::vector<uint64_t> values(64, 0);
  for (int job = 0; job < 5000; ++job) {
    lease.for_each(values.size(), 1, [&](uint64_t begin, uint64_t end, uint32_t) {
      for (uint64_t i = begin; i < end; ++i) ++values[i];  // a race if two jobs overlapped
    });
  }
  for (const uint64_t v : values) CHECK_EQ(v, 5000u);
}

TEST("a job is over only when the slowest worker has left it") {
  const PoolHandle pool = make_pool(2);
  PoolLease lease(pool.get());
  for (int round = 0; round < 5; ++round) {
    std::atomic<int> begun{0}, finished{0};
    lease.for_each(2, 1, [&](uint64_t, uint64_t, uint32_t thread) {
      if (thread == 0) {
        while (begun == 0) std::this_thread::yield();  // the worker has the other chunk
        return;
      }
      ++begun;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      ++finished;
    });
    CHECK(begun >= 1);
    CHECK_EQ(finished.load(), begun.load());
  }
}

TEST("every thread begins with a share of its own, and takes of the others' when that is done") {
  const PoolHandle pool = make_pool(2);
  PoolLease lease(pool.get());
  std::vector<uint64_t> taken_by_worker;
  std::atomic<bool> worker_done{false};
  lease.for_each(60, 10, [&](uint64_t begin, uint64_t, uint32_t thread) {
    if (thread == 1) {
      taken_by_worker.push_back(begin);
      worker_done = begin == 20;
    }
    while (thread == 0 && !worker_done) std::this_thread::yield();  // in the caller's first chunk
  });
  CHECK(taken_by_worker == std::vector<uint64_t>({30, 40, 50, 10, 20}));
}

TEST("whoever finds the pool taken computes alone") {
  const PoolHandle pool = make_pool(3);
  PoolLease first(pool.get());
  CHECK_EQ(first.n_threads(), 3u);
  {
    PoolLease second(pool.get());
    CHECK_EQ(second.n_threads(), 1u);
    const auto caller = std::this_thread::get_id();
    second.for_each(10, 1, [&](uint64_t, uint64_t, uint32_t thread) {
      CHECK_EQ(thread, 0u);
      CHECK(std::this_thread::get_id() == caller);
    });
  }
  // The second's end does not free what the first holds.
  PoolLease third(pool.get());
  CHECK_EQ(third.n_threads(), 1u);
}

TEST("many contexts on many threads share one pool and all get the reference's bits") {
  const Shape& shape = kShapes[0];
  SmallModel source(shape);
  const RopeTables rope(source);
  const ModelHandle model = make_model(source, &bitnet::kernel_at(bitnet::kernel_best()));
  const PoolHandle pool = make_pool(3);
  Batch batch;
  batch.pages = {0, 1, 2, 3};
  for (int32_t p = 0; p < 40; ++p) batch.add(p % static_cast<int32_t>(shape.n_vocab), p, 0);
  std::vector<float> expected;
  {
    const PoolHandle alone = make_pool(1);
    const ContextHandle context = make_context(model.get(), alone.get(), rope, 40);
    const KvHandle kv = make_kv(model.get(), BN_TYPE_F16, 4);
    expected = run(context.get(), kv.get(), batch, shape.n_vocab);
  }
  std::vector<std::thread> callers;
  std::atomic<int> equal{0};
  for (int i = 0; i < 6; ++i) {
    callers.emplace_back([&] {
      const ContextHandle context = make_context(model.get(), pool.get(), rope, 40);
      const KvHandle kv = make_kv(model.get(), BN_TYPE_F16, 4);
      for (int round = 0; round < 8; ++round) {
        const std::vector<float> logits = run(context.get(), kv.get(), batch, shape.n_vocab);
        if (CHECK_SAME(logits.data(), expected.data(), expected.size())) ++equal;
      }
    });
  }
  for (std::thread& t : callers) t.join();
  CHECK_EQ(equal.load(), 48);
}

TEST("pools come and go, idle or just used") {
  for (int i = 0; i < 200; ++i) {
    const PoolHandle pool = make_pool(4);
    if (i % 2 == 0) {
      PoolLease lease(pool.get());
      std::atomic<int> sum{0};
      lease.for_each(16, 1, [&](uint64_t begin, uint64_t, uint32_t) { sum += static_cast<int>(begin); });
      CHECK_EQ(sum.load(), 120);
    }
  }
}

TEST("pool sizes outside 1..1024 are refused") {
  bn_pool* const untouched = reinterpret_cast<bn_pool*>(0x1234);
  bn_pool* pool = untouched;
  CHECK_EQ(bn_pool_create(0, &pool), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_pool_create(1025, &pool), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_pool_create(1, nullptr), BN_ERROR_NULL);
  CHECK(pool == untouched);
}

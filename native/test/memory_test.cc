// What happens when memory or threads run out: a status, nothing leaked, nothing written. The test
// stands between the library and platform.cc (by the linker's --wrap), and lets the n-th request
// fail for every n.
#include <cstdio>

#include "runtime/platform.h"
#include "test/engine.h"
#include "test/shapes.h"

namespace {

int64_t requests_until_failure = -1;  // -1: none fails
int64_t live_blocks = 0;
uint64_t live_bytes = 0;

bool fails_now() {
  if (requests_until_failure < 0) return false;
  if (requests_until_failure == 0) return true;
  --requests_until_failure;
  return false;
}

// Calls `make` with the first, second, ... request failing until it succeeds; returns the number of
// failures it met.
template <typename F>
int failures_until_success(int32_t expected_status, const F& make) {
  for (int n = 0;; ++n) {
    SCOPE("request %d fails", n);
    const int64_t before = live_blocks;
    requests_until_failure = n;
    const int32_t status = make();
    requests_until_failure = -1;
    CHECK_EQ(live_blocks, before);
    if (status == BN_OK || n > 1000) return n;
    CHECK_EQ(status, expected_status);
  }
}

}  // namespace

extern "C" {
void* __real__ZN6bitnet15allocate_zeroedEm(uint64_t bytes);
void __real__ZN6bitnet14release_memoryEPvm(void* memory, uint64_t bytes);
bool __real__ZN6bitnet12start_threadEPNS_8OsThreadEPFvPvES2_(bitnet::OsThread*, void (*)(void*), void*);

void* __wrap__ZN6bitnet15allocate_zeroedEm(uint64_t bytes) {
  if (fails_now()) return nullptr;
  void* memory = __real__ZN6bitnet15allocate_zeroedEm(bytes);
  if (memory != nullptr) {
    ++live_blocks;
    live_bytes += bytes;
  }
  return memory;
}

void __wrap__ZN6bitnet14release_memoryEPvm(void* memory, uint64_t bytes) {
  if (memory != nullptr) {
    --live_blocks;
    live_bytes -= bytes;
  }
  __real__ZN6bitnet14release_memoryEPvm(memory, bytes);
}

bool threads_fail = false;
bool __wrap__ZN6bitnet12start_threadEPNS_8OsThreadEPFvPvES2_(bitnet::OsThread* thread,
                                                            void (*body)(void*), void* argument) {
  if (threads_fail && fails_now()) return false;
  return __real__ZN6bitnet12start_threadEPNS_8OsThreadEPFvPvES2_(thread, body, argument);
}
}

TEST("making a model survives the failure of each of its allocations") {
  for (const Shape& shape : {kShapes[0], kShapes[1]}) {
    SCOPE("%s", shape.name);
    SmallModel source(shape);
    const bn_model_config config = source.config(0);
    const int failures = failures_until_success(BN_ERROR_OUT_OF_MEMORY, [&] {
      bn_model* const untouched = reinterpret_cast<bn_model*>(0x1234);
      bn_model* model = untouched;
      const int32_t status = bn_model_create(&config, &model, nullptr);
      CHECK((status == BN_OK) == (model != untouched));
      if (status == BN_OK) bn_model_destroy(model);
      return status;
    });
    CHECK_EQ(failures, 4);  // the model, its layers, its copies, and what counts the tensors
  }
}

TEST("making contexts, stores and pools survives the failure of each allocation") {
  SmallModel source(kShapes[0]);
  const RopeTables rope(source);
  const ModelHandle model = make_model(source, &bitnet::kernel_at(0));
  const PoolHandle pool = make_pool(2);
  const bn_context_config config = {sizeof(bn_context_config), 16, SmallModel::kPositions, 0,
                                    rope.cos.data(), rope.sin.data(), rope.cos.size() * 4};
  CHECK(failures_until_success(BN_ERROR_OUT_OF_MEMORY, [&] {
          bn_context* context = nullptr;
          const int32_t status = bn_context_create(model.get(), pool.get(), &config, &context);
          CHECK((status == BN_OK) == (context != nullptr));
          bn_context_destroy(context);
          return status;
        }) > 10);
  const bn_kv_config kv_config = {sizeof(bn_kv_config), BN_TYPE_F16, 100};
  CHECK_EQ(failures_until_success(BN_ERROR_OUT_OF_MEMORY, [&] {
             bn_kv* kv = nullptr;
             const int32_t status = bn_kv_create(model.get(), &kv_config, &kv);
             bn_kv_destroy(kv);
             return status;
           }), 2);
  CHECK_EQ(failures_until_success(BN_ERROR_OUT_OF_MEMORY, [&] {
             bn_pool* made = nullptr;
             const int32_t status = bn_pool_create(4, &made);
             bn_pool_destroy(made);
             return status;
           }), 3);
}

TEST("a screened head, and a context on it, survive the failure of each allocation") {
  SmallModel source(kShapes[0]);
  const RopeTables rope(source);
  const PoolHandle pool = make_pool(2);
  const ModelHandle model = make_model(source, &bitnet::kernel_at(0));
  const uint64_t bytes = bn_model_bytes(model.get());
  for (int n = 0; n < 3; ++n) {
    SCOPE("request %d fails", n);
    const int64_t before = live_blocks;
    requests_until_failure = n;
    CHECK_EQ(bn_model_screen_head(model.get(), pool.get()), BN_ERROR_OUT_OF_MEMORY);
    requests_until_failure = -1;
    CHECK_EQ(live_blocks, before);
    CHECK_EQ(bn_model_bytes(model.get()), bytes);
  }
  CHECK_EQ(bn_model_screen_head(model.get(), pool.get()), BN_OK);
  const bn_context_config config = {sizeof(bn_context_config), 16, SmallModel::kPositions, 0,
                                    rope.cos.data(), rope.sin.data(), rope.cos.size() * 4};
  CHECK(failures_until_success(BN_ERROR_OUT_OF_MEMORY, [&] {
          bn_context* context = nullptr;
          const int32_t status = bn_context_create(model.get(), pool.get(), &config, &context);
          CHECK((status == BN_OK) == (context != nullptr));
          bn_context_destroy(context);
          return status;
        }) > 14);
}

TEST("a requantised head survives the failure of each allocation") {
  SmallModel source(kShapes[0]);
  const PoolHandle pool = make_pool(2);
  const ModelHandle model = make_model(source, &bitnet::kernel_at(0));
  const uint64_t bytes = bn_model_bytes(model.get());
  for (int n = 0; n < 2; ++n) {
    SCOPE("request %d fails", n);
    const int64_t before = live_blocks;
    requests_until_failure = n;
    CHECK_EQ(bn_model_requantize_head(model.get(), pool.get(), BN_TYPE_Q8_0), BN_ERROR_OUT_OF_MEMORY);
    requests_until_failure = -1;
    CHECK_EQ(live_blocks, before);
    CHECK_EQ(bn_model_bytes(model.get()), bytes);
  }
  const uint64_t before = live_bytes;
  CHECK_EQ(bn_model_requantize_head(model.get(), pool.get(), BN_TYPE_Q8_0), BN_OK);
  CHECK_EQ(live_bytes - before, bn_model_bytes(model.get()) - bytes);
}

TEST("packed weights survive the failure of their allocation") {
  SmallModel source(kShapes[0]);
  const PoolHandle pool = make_pool(2);
  const ModelHandle model = make_model(source, &bitnet::kernel_at(0));
  const uint64_t bytes = bn_model_bytes(model.get());
  const uint64_t before = live_bytes;
  requests_until_failure = 0;
  CHECK_EQ(bn_model_pack_weights(model.get(), pool.get()), BN_ERROR_OUT_OF_MEMORY);
  requests_until_failure = -1;
  CHECK_EQ(live_bytes, before);
  CHECK_EQ(bn_model_bytes(model.get()), bytes);
  CHECK_EQ(bn_model_pack_weights(model.get(), pool.get()), BN_OK);
  CHECK_EQ(live_bytes - before, bn_model_bytes(model.get()) - bytes);
}

TEST("models and contexts allocate the bytes they tell") {
  SmallModel source(kShapes[1]);
  const RopeTables rope(source);
  const PoolHandle pool = make_pool(2);
  uint64_t before = live_bytes;
  const ModelHandle model = make_model(source, &bitnet::kernel_at(0));
  CHECK_EQ(live_bytes - before, bn_model_bytes(model.get()));
  for (const bool screened : {false, true}) {
    if (screened) CHECK_EQ(bn_model_screen_head(model.get(), pool.get()), BN_OK);
    before = live_bytes;
    const ContextHandle context = make_context(model.get(), pool.get(), rope, 5);
    CHECK_EQ(live_bytes - before, bn_context_bytes(context.get()));
  }
}

TEST("a pool whose n-th thread the system refuses reports it and stops the others") {
  for (int n = 0; n < 3; ++n) {
    SCOPE("thread %d", n);
    const int64_t before = live_blocks;
    bn_pool* const untouched = reinterpret_cast<bn_pool*>(0x1234);
    bn_pool* pool = untouched;
    threads_fail = true;
    requests_until_failure = n + 3;  // after the three allocations
    CHECK_EQ(bn_pool_create(4, &pool), BN_ERROR_THREADS);
    requests_until_failure = -1;
    threads_fail = false;
    CHECK(pool == untouched);
    CHECK_EQ(live_blocks, before);
  }
}

TEST("requests larger than any memory are refused, not attempted") {
  Shape shape = kShapes[0];
  SmallModel source(shape);
  const ModelHandle model = make_model(source, &bitnet::kernel_at(0));
  // 2^24 pages of 32 KiB are 512 GiB of address space: the system may or may not grant them.
  const bn_kv_config config = {sizeof(bn_kv_config), BN_TYPE_F32, 1 << 24};
  bn_kv* kv = nullptr;
  const int32_t status = bn_kv_create(model.get(), &config, &kv);
  CHECK(status == BN_OK || status == BN_ERROR_OUT_OF_MEMORY);
  CHECK((status == BN_OK) == (kv != nullptr));
  bn_kv_destroy(kv);
  CHECK(bitnet::allocate_zeroed(UINT64_MAX) == nullptr);
  CHECK(bitnet::allocate_zeroed(UINT64_MAX - 64) == nullptr);
  bitnet::Array<uint64_t> array;
  CHECK(!array.allocate(uint64_t{1} << 61));
  CHECK(!array.allocate(UINT64_MAX));
}

TEST("opening and closing everything a thousand times leaves nothing behind") {
  SmallModel source(kShapes[2]);
  const RopeTables rope(source);
  const int64_t before = live_blocks;
  for (int i = 0; i < 1000; ++i) {
    const ModelHandle model = make_model(source, &bitnet::kernel_at(0));
    const PoolHandle pool = make_pool(1 + i % 2);
    const ContextHandle context = make_context(model.get(), pool.get(), rope, 4);
    const KvHandle kv = make_kv(model.get(), BN_TYPE_F16, 2);
  }
  CHECK_EQ(live_blocks, before);
}

TEST("registering a kernel build survives the failure of each allocation") {
  static bn_kernel_table table = bitnet::kernel_at(0);
  table.name = "copy";
  const uint32_t count = bn_kernel_count();
  CHECK(failures_until_success(BN_ERROR_OUT_OF_MEMORY, [&] {
          uint32_t kernel = 0;
          const int32_t status = bn_kernel_register(&table, &kernel, nullptr);
          CHECK_EQ(bn_kernel_count(), status == BN_OK ? count + 1 : count);
          return status;
        }) > 10);
}

// Attention over pages: of tiles of tokens, and of one token shared by threads.
#include <algorithm>
#include <vector>

#include "ops/attention.h"
#include "ops/kv_row.h"
#include "runtime/shared_attention.h"
#include "test/builds.h"
#include "test/compare.h"
#include "test/engine.h"
#include "test/guarded.h"

namespace {

using namespace bitnet;

constexpr uint32_t kPositions = 150, kPages = (kPositions + BN_KV_PAGE_TOKENS - 1) / BN_KV_PAGE_TOKENS;
constexpr float kScale = 0.2f;

struct Heads {
  uint32_t n_heads, n_kv_heads, head_dim;
};
// Groups that make whole tiles of queries, others, and one larger than a kernel takes at a time.
constexpr Heads kHeads[] = {{2, 2, 18}, {8, 2, 64}, {5, 1, 128}, {6, 2, 272}, {41, 1, 32}};
constexpr uint32_t kTypes[] = {BN_TYPE_F16, BN_TYPE_F32, BN_TYPE_Q8_0};

// One layer's keys and values of one sequence, whose pages lie in the store in no order, and the same as
// floats, [n_kv_heads][kPositions][head_dim].
class Cache {
 public:
  Cache(const Heads& heads, uint32_t type, const KernelTable* kernel, Values* values)
      : d_(heads.head_dim) {
    model_.hparams.n_layers = 1;
    model_.hparams.n_heads = heads.n_heads;
    model_.hparams.n_kv_heads = heads.n_kv_heads;
    model_.hparams.head_dim = heads.head_dim;
    model_.hparams.attention_scale = kScale;
    model_.kernel = kernel;
    CHECK_EQ(kv.allocate(model_, {sizeof(bn_kv_config), type, kPages}), BN_OK);
    for (int32_t page = 0; page < static_cast<int32_t>(kPages); ++page) {
      table.push_back((page * 3 + 1) % static_cast<int32_t>(kPages));
    }
    for (uint32_t t = 0; t < kPositions; ++t) {
      const std::vector<float> k = values->floats(heads.n_kv_heads * d_, Fill::kOrdinary);
      const std::vector<float> v = values->floats(heads.n_kv_heads * d_, Fill::kOrdinary);
      kv.store(0, table.data(), t, k.data(), v.data());
    }
    for (uint32_t head = 0; head < heads.n_kv_heads; ++head) {
      const KvView view = kv.view(0, head, table.data());
      for (uint64_t t = 0; t < kPositions; ++t) {
        const uint64_t at = static_cast<uint64_t>(table[t / BN_KV_PAGE_TOKENS]) * view.block_bytes +
                            t % BN_KV_PAGE_TOKENS * kv_row_bytes(type, d_);
        append(&keys_, reference::widen_kv(type, view.keys + at, 1, d_));
        append(&values_, reference::widen_kv(type, view.values + at, 1, d_));
      }
    }
  }

  std::vector<float> expected(uint32_t kv_head, const float* q, uint64_t n_positions) const {
    std::vector<float> out(d_);
    const uint64_t offset = kv_head * kPositions * d_;
    reference::attention(q, d_, &keys_[offset], &values_[offset], n_positions, kScale, out.data());
    return out;
  }

  bn_kv kv;
  std::vector<int32_t> table;

 private:
  static void append(std::vector<float>* to, const std::vector<float>& from) {
    to->insert(to->end(), from.begin(), from.end());
  }

  bn_model model_;
  uint64_t d_;
  std::vector<float> keys_, values_;
};

template <typename F>
void for_every_cache(const F& f) {
  for (const TestBuild& build : test_builds()) {
    for (const Heads& heads : kHeads) {
      for (const uint32_t type : kTypes) {
        SCOPE("build %s, %u heads for %u of %u elements, type %u", build.label, heads.n_heads,
              heads.n_kv_heads, heads.head_dim, type);
        Values values(5);
        Cache cache(heads, type, build.table, &values);
        f(*build.table, heads, cache, values);
      }
    }
  }
}

}  // namespace

TEST("tiles of tokens attend as the reference does, each token to its own positions") {
  for_every_cache([](const KernelTable& table, const Heads& heads, Cache& cache, Values& values) {
    const uint64_t group = heads.n_heads / heads.n_kv_heads, d = heads.head_dim;
    const std::vector<int32_t> tiles[] = {{0}, {149}, {31, 32}, {60, 61, 62, 63, 64, 65, 66, 67},
                                          {0, 1, 2, 3, 4, 5}, {90, 12, 148}};
    for (const std::vector<int32_t>& positions : tiles) {
      const uint64_t longest =
          static_cast<uint64_t>(*std::max_element(positions.begin(), positions.end())) + 1;
      const uint64_t n = std::min<uint64_t>(positions.size(), attention_tile_tokens(group, longest));
      SCOPE("%d tokens from position %d on", static_cast<int>(n), positions[0]);
      const uint64_t stride = heads.n_heads * d + 7;
      Guarded<float> q(values.floats(n * stride, Fill::kOrdinary), Guard::kAfter);
      Guarded<float> out(n * stride, Guard::kAfter);
      Guarded<float> scratch(attention_scratch_floats(group, d, longest), Guard::kAfter);
      for (uint32_t kv_head = 0; kv_head < heads.n_kv_heads; ++kv_head) {
        const uint64_t offset = kv_head * group * d;
        attention(table, cache.kv.view(0, kv_head, cache.table.data()),
                  {n, group, d, positions.data(), stride}, kScale, q.data() + offset,
                  scratch.data(), out.data() + offset);
        for (uint64_t i = 0; i < n; ++i) {
          for (uint64_t h = 0; h < group; ++h) {
            const uint64_t at = i * stride + offset + h * d;
            const std::vector<float> expected =
                cache.expected(kv_head, q.data() + at, static_cast<uint64_t>(positions[i]) + 1);
            CHECK_SAME(out.data() + at, expected.data(), d);
          }
        }
      }
    }
  });
}

TEST("one token's attention shared by threads equals the reference") {
  for (const uint32_t n_threads : {1, 2, 3, 7}) {
    SCOPE("%u threads", n_threads);
    const PoolHandle pool = make_pool(n_threads);
    for_every_cache([&](const KernelTable&, const Heads& heads, Cache& cache, Values& values) {
      const uint64_t d = heads.head_dim, n = heads.n_heads * d;
      for (const uint64_t n_positions : {1, 33, 150}) {
        SCOPE("%d positions", static_cast<int>(n_positions));
        Guarded<float> q(values.floats(n, Fill::kOrdinary), Guard::kAfter);
        Guarded<float> out(n, Guard::kAfter);
        Guarded<float> scratch(
            shared_attention_scratch_floats(cache.kv.model->hparams, n_positions), Guard::kAfter);
        PoolLease threads(pool.get());
        shared_attention(&threads, cache.kv, 0, cache.table.data(), n_positions, q.data(),
                         scratch.data(), out.data());
        for (uint32_t h = 0; h < heads.n_heads; ++h) {
          const std::vector<float> expected = cache.expected(
              h / (heads.n_heads / heads.n_kv_heads), q.data() + h * d, n_positions);
          CHECK_SAME(out.data() + h * d, expected.data(), d);
        }
      }
    });
  }
}

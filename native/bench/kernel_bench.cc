// Each kernel alone, on the shapes of BitNet b1.58 2B-4T: its speed, and its share of the limit that was
// measured in the same process.
//
//   kernel_bench [kernel] [threads]
//
// Every result is compared with the build "scalar" (exit status 1 when one differs). Weights lie in a
// buffer much larger than the caches, in large pages where the OS has them, and are read from begin to
// end, as a forward pass does with copied weights. The best
// of several runs counts: other work on the machine only ever slows one down, so on a busy machine
// the shares are too low.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "include/bitnet.h"
#include "kernels/registry.h"
#include "ops/attention.h"
#include "ops/dense.h"
#include "ops/kv_row.h"
#include "ops/linear.h"
#include "ops/pack.h"
#include "runtime/pool.h"
#include "runtime/shared_attention.h"

using namespace bitnet;

namespace {

using Clock = std::chrono::steady_clock;

constexpr uint64_t kWidth = 2560, kFeedForward = 6912, kHeadDim = 128;
constexpr uint64_t kReadBytes = uint64_t{256} << 20;

struct Bench {
  const KernelTable& kernel;
  const KernelTable& scalar;
  bn_pool* pool;
  double read_gbytes, multiply_gadds;
  bool all_equal = true;

  // Best nanoseconds of f(), after one run that warms up.
  template <typename F>
  double best_nanos(const F& f) {
    f();
    double best = 1e18;
    for (int i = 0; i < 5; ++i) {
      const Clock::time_point start = Clock::now();
      f();
      const double nanos = std::chrono::duration<double, std::nano>(Clock::now() - start).count();
      if (nanos < best) best = nanos;
    }
    return best;
  }

  template <typename T>
  void expect_equal(const std::vector<T>& actual, const std::vector<T>& expected) {
    if (std::memcmp(actual.data(), expected.data(), actual.size() * sizeof(T)) == 0) return;
    std::printf("    WRONG: differs from the build scalar\n");
    all_equal = false;
  }

  void print(const char* name, double amount, const char* unit, double nanos, double limit) {
    std::printf("%-34s %8.2f %s", name, amount / nanos, unit);
    if (limit > 0) std::printf("  %5.1f %% of the limit", 100 * amount / nanos / limit);
    std::printf("\n");
  }

  void ternary(uint64_t rows, uint64_t cols, uint64_t n_tokens);
  void packed(uint64_t cols);
  void head(uint32_t type, const char* type_name, uint64_t n_tokens);
  void attention(uint64_t n_queries, uint64_t n_positions);
  void deep_attention(uint32_t kv_type, const char* type_name);
  void rows_of(uint64_t n);
};

std::vector<uint8_t> random_bytes(uint64_t n, uint64_t seed) {
  std::vector<uint8_t> bytes(n);
  for (uint8_t& b : bytes) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    b = static_cast<uint8_t>(seed >> 56);
  }
  return bytes;
}

std::vector<float> random_floats(uint64_t n, uint64_t seed) {
  const std::vector<uint8_t> bytes = random_bytes(n, seed);
  std::vector<float> floats(n);
  for (uint64_t i = 0; i < n; ++i) floats[i] = (static_cast<float>(bytes[i]) - 127.5f) / 64;
  return floats;
}

// Bytes whose F16 and F32 at even places, the scales of blocks too, lie in (-1, 1) and are none of the
// subnormal ones, which real weights hardly have and some CPUs take long to convert.
std::vector<uint8_t> random_weights(uint64_t n_bytes, uint64_t seed) {
  std::vector<uint8_t> bytes = random_bytes(n_bytes, seed);
  for (uint64_t i = 1; i < n_bytes; i += 2) bytes[i] = (bytes[i] & 0x8f) | 0x30;
  return bytes;
}

// A copy in large pages.
class Weights {
 public:
  explicit Weights(const std::vector<uint8_t>& bytes) {
    if (!bytes_.allocate(bytes.size())) std::abort();
    prefer_huge_pages(bytes_.data(), bytes_.bytes());
    std::memcpy(bytes_.data(), bytes.data(), bytes.size());
  }
  const uint8_t* data() const { return bytes_.data(); }
  uint64_t size() const { return bytes_.bytes(); }

 private:
  Array<uint8_t> bytes_;
};

void Bench::ternary(uint64_t rows, uint64_t cols, uint64_t n_tokens) {
  // As many rows as the memory limit's buffer has when the weights are read once; else one matrix.
  const uint64_t all_rows = n_tokens == 1 ? kReadBytes / (cols / 4) : rows;
  const Weights codes(random_bytes(all_rows * cols / 4, 1));
  Array<int8_t> q;
  if (!q.allocate(n_tokens * cols)) std::abort();
  const std::vector<uint8_t> bytes = random_bytes(n_tokens * cols, 2);
  std::memcpy(q.data(), bytes.data(), bytes.size());
  const std::vector<float> scales(n_tokens, 3.0f);
  std::vector<int32_t> sums(n_tokens, 0);
  for (uint64_t i = 0; i < n_tokens * cols; ++i) sums[i / cols] += q[i];
  const TernaryWeights weights = {{codes.data(), all_rows, cols, 0.5f}, {}};
  const QuantizedRows input = {q.data(), scales.data(), sums.data(), n_tokens};
  std::vector<float> y(n_tokens * all_rows), expected(n_tokens * rows);
  const LinearLayer layer = {&weights, y.data()};
  PoolLease threads(pool);
  Array<uint8_t> scratch;
  const uint64_t scratch_bytes = (kernel.scratch_bytes + 63) / 64 * 64;
  if (!scratch.allocate(threads.n_threads() * scratch_bytes + 1)) std::abort();
  const uint64_t chunk = linear_chunk_rows(kernel, all_rows, n_tokens, threads.n_threads());
  const double nanos = best_nanos([&] {
    threads.for_each(all_rows, chunk, [&](uint64_t begin, uint64_t end, uint32_t thread) {
      linear_rows(kernel, &layer, 1, input, begin, end, scratch.data() + thread * scratch_bytes);
    });
  });
  char name[64];
  std::snprintf(name, sizeof name, "ternary %llu x %llu, %llu tokens",
                static_cast<unsigned long long>(rows), static_cast<unsigned long long>(cols),
                static_cast<unsigned long long>(n_tokens));
  if (n_tokens == 1) {
    print(name, static_cast<double>(codes.size()), "GB/s  ", nanos, read_gbytes);
  } else {
    print(name, static_cast<double>(n_tokens * rows * cols), "GMAC/s", nanos, multiply_gadds);
  }
  // The first rows and, with many tokens, a few of those: scalar code is slow.
  const uint64_t check_rows = 40, check_tokens = n_tokens < 13 ? n_tokens : 13;
  const QuantizedRows few = {q.data(), scales.data(), sums.data(), check_tokens};
  Array<uint8_t> scalar_scratch;
  if (!scalar_scratch.allocate(scalar.scratch_bytes)) std::abort();
  std::vector<float> actual(check_tokens * check_rows);
  expected.assign(check_tokens * check_rows, 0);
  scalar.ternary_matmul(&weights.codes, &few, 0, check_rows, expected.data(), check_rows,
                        scalar_scratch.data());
  for (uint64_t t = 0; t < check_tokens; ++t) {
    std::memcpy(&actual[t * check_rows], &y[t * all_rows], check_rows * sizeof(float));
  }
  expect_equal(actual, expected);
}

void Bench::packed(uint64_t cols) {
  const uint64_t group_bytes = packed_group_bytes(cols), groups = kReadBytes / group_bytes;
  std::vector<uint8_t> bytes = random_bytes(groups * group_bytes, 1);
  for (uint64_t g = 0; g < groups; ++g) std::memset(&bytes[g * group_bytes], 0, BN_PACKED_HEADER_BYTES);
  const Weights data(bytes);
  const uint64_t rows = groups * BN_PACKED_ROWS;
  const TernaryWeights weights = {{}, {data.data(), rows, cols, 0.5f}};
  const std::vector<uint8_t> q = random_bytes(cols, 2);
  std::vector<int8_t> inputs(packed_input_bytes(cols));
  std::vector<float> y(rows), expected(BN_PACKED_ROWS), actual(BN_PACKED_ROWS);
  const LinearLayer layer = {&weights, y.data()};
  PoolLease threads(pool);
  const uint64_t chunk = packed_linear_chunk_groups(groups, threads.n_threads());
  const double nanos = best_nanos([&] {
    kernel.packed_inputs(reinterpret_cast<const int8_t*>(q.data()), cols, inputs.data());
    threads.for_each(groups, chunk, [&](uint64_t begin, uint64_t end, uint32_t) {
      packed_linear_groups(kernel, &layer, 1, inputs.data(), 3.0f, begin, end);
    });
  });
  char name[64];
  std::snprintf(name, sizeof name, "packed ternary x %llu, 1 token", static_cast<unsigned long long>(cols));
  print(name, static_cast<double>(data.size()), "GB/s  ", nanos, read_gbytes);
  scalar.packed_product(&weights.packed, inputs.data(), 3.0f, 0, 1, expected.data());
  std::memcpy(actual.data(), y.data(), actual.size() * sizeof(float));
  expect_equal(actual, expected);
}

void Bench::head(uint32_t type, const char* type_name, uint64_t n_tokens) {
  const uint64_t row_bytes = dense_row_bytes(type, kWidth), rows = kReadBytes / row_bytes;
  const Weights weights(random_weights(rows * row_bytes, 3));
  const std::vector<float> floats = random_floats(n_tokens * kWidth, 4);
  Array<float> x;  // aligned, as a context's
  if (!x.allocate(floats.size())) std::abort();
  std::memcpy(x.data(), floats.data(), floats.size() * sizeof(float));
  std::vector<float> y(n_tokens * rows), expected(n_tokens * 20), actual(n_tokens * 20);
  PoolLease threads(pool);
  const double nanos = best_nanos([&] {
    threads.for_each(rows, 192, [&](uint64_t begin, uint64_t end, uint32_t) {
      kernel.head(type, weights.data(), kWidth, begin, end, x.data(), n_tokens, y.data(), rows);
    });
  });
  char name[64];
  std::snprintf(name, sizeof name, "head %s, %llu tokens", type_name,
                static_cast<unsigned long long>(n_tokens));
  print(name, static_cast<double>(weights.size()), "GB/s  ", nanos, read_gbytes);
  scalar.head(type, weights.data(), kWidth, 0, 20, x.data(), n_tokens, expected.data(), 20);
  for (uint64_t t = 0; t < n_tokens; ++t) {
    std::memcpy(&actual[t * 20], &y[t * rows], 20 * sizeof(float));
  }
  expect_equal(actual, expected);
}

// Both halves of attention for queries that share a KV head, over keys and values in the caches.
void Bench::attention(uint64_t n_queries, uint64_t n_positions) {
  const uint64_t row_bytes = kv_row_bytes(BN_TYPE_F16, kHeadDim);
  const std::vector<uint8_t> k = random_weights(n_positions * row_bytes, 5);
  const std::vector<uint8_t> v = random_weights(n_positions * row_bytes, 6);
  const KvView kv = {BN_TYPE_F16,        k.data(), v.data(), BN_KV_PAGE_TOKENS * row_bytes,
                     BN_KV_PAGE_TOKENS, nullptr};
  const std::vector<float> q = random_floats(n_queries * kHeadDim, 7);
  const uint64_t stride = attention_score_stride(n_positions);
  std::vector<float> scores(n_queries * stride), expected_scores(scores.size());
  std::vector<float> out(n_queries * kHeadDim), expected(out.size());
  const auto score = [&](const KernelTable& table, std::vector<float>* to) {
    attention_scores(table, kv, n_queries, kHeadDim, {0, n_positions}, 0.088f, q.data(),
                     to->data(), stride);
  };
  const auto mix = [&](const KernelTable& table, std::vector<float>* to) {
    std::fill(to->begin(), to->end(), 0.0f);
    attention_mix(table, kv, n_queries, kHeadDim, {0, n_positions}, {0, kHeadDim}, scores.data(),
                  stride, to->data());
  };
  constexpr int kRepeats = 20;  // for the clock
  const double products = static_cast<double>(kRepeats * n_queries * kHeadDim * n_positions);
  const auto show = [&](const char* step, const auto& f) {
    char name[64];
    std::snprintf(name, sizeof name, "%s, %llu queries, %llu keys", step,
                  static_cast<unsigned long long>(n_queries),
                  static_cast<unsigned long long>(n_positions));
    const double nanos = best_nanos([&] {
      for (int i = 0; i < kRepeats; ++i) f();
    });
    print(name, products, "GMAC/s", nanos, 0);
  };
  show("scores", [&] { score(kernel, &scores); });
  score(scalar, &expected_scores);
  expect_equal(scores, expected_scores);
  show("mixing", [&] { mix(kernel, &out); });
  mix(scalar, &expected);
  expect_equal(out, expected);
}

// One token after 4096 others, in as many layers as keep their keys and values out of the caches.
void Bench::deep_attention(uint32_t kv_type, const char* type_name) {
  constexpr uint32_t kPositions = 4096, kPages = kPositions / BN_KV_PAGE_TOKENS, kLayers = 12;
  bn_model model = {};
  model.kernel = &kernel;
  model.hparams.n_layers = kLayers;
  model.hparams.n_heads = 20;
  model.hparams.n_kv_heads = 5;
  model.hparams.head_dim = kHeadDim;
  model.hparams.attention_scale = 0.088f;
  bn_kv kv;
  if (kv.allocate(model, {sizeof(bn_kv_config), kv_type, kPages}) != BN_OK) std::abort();
  const std::vector<uint8_t> content = random_weights(kv.page_bytes, 10);
  std::vector<int32_t> table(kPages);
  for (uint32_t i = 0; i < kPages; ++i) {
    table[i] = static_cast<int32_t>(i);
    std::memcpy(kv.pages.data() + i * kv.page_bytes, content.data(), kv.page_bytes);
  }
  const std::vector<float> q = random_floats(model.attn_width(), 11);
  std::vector<float> scratch(shared_attention_scratch_floats(model.hparams, kPositions));
  std::vector<float> out(q.size()), expected(q.size());
  PoolLease threads(pool);
  const auto run = [&](uint32_t layer, std::vector<float>* to) {
    shared_attention(&threads, kv, layer, table.data(), kPositions, q.data(), scratch.data(),
                     to->data());
  };
  const double nanos = best_nanos([&] {
    for (uint32_t layer = 0; layer < kLayers; ++layer) run(layer, &out);
  });
  char name[64];
  std::snprintf(name, sizeof name, "attention after 4096, %s", type_name);
  print(name, static_cast<double>(kv.page_bytes) * kPages, "GB/s  ", nanos, read_gbytes);
  model.kernel = &scalar;
  run(kLayers - 1, &expected);
  expect_equal(out, expected);
}

// Norm and quantisation of one row.
void Bench::rows_of(uint64_t n) {
  const std::vector<float> x = random_floats(n, 8), weight = random_floats(n, 9);
  std::vector<float> y(n), expected(n);
  char name[64];
  std::snprintf(name, sizeof name, "norm of %llu", static_cast<unsigned long long>(n));
  double nanos = best_nanos([&] { kernel.rms_norm(x.data(), weight.data(), n, 1e-5f, y.data()); });
  print(name, static_cast<double>(n), "G/s   ", nanos, 0);
  scalar.rms_norm(x.data(), weight.data(), n, 1e-5f, expected.data());
  expect_equal(y, expected);

  std::vector<int8_t> q(n), expected_q(n);
  float scale;
  int32_t sum;
  std::snprintf(name, sizeof name, "quantise %llu", static_cast<unsigned long long>(n));
  nanos = best_nanos([&] { kernel.quantize(x.data(), n, q.data(), &scale, &sum); });
  print(name, static_cast<double>(n), "G/s   ", nanos, 0);
  scalar.quantize(x.data(), n, expected_q.data(), &scale, &sum);
  expect_equal(q, expected_q);
}

}  // namespace

int main(int argc, char** argv) {
  uint32_t index = kernel_best();
  for (uint32_t i = 0; argc > 1 && i < kernel_count(); ++i) {
    if (std::strcmp(kernel_at(i).name, argv[1]) == 0) index = i;
  }
  if (!kernel_runnable(index) || (argc > 1 && std::strcmp(kernel_at(index).name, argv[1]) != 0)) {
    std::fprintf(stderr, "no such kernel here: %s\n", argv[1]);
    return 1;
  }
  const int n_threads = argc > 2 ? std::atoi(argv[2]) : 1;
  bn_pool* pool;
  if (n_threads < 1 || bn_pool_create(static_cast<uint32_t>(n_threads), &pool) != BN_OK) {
    std::fprintf(stderr, "not a number of threads: %s\n", argv[2]);
    return 1;
  }
  const KernelTable& kernel = kernel_at(index);
  double read_bytes, multiply_adds;  // per second
  if (bn_measure_read_bandwidth(pool, kReadBytes, &read_bytes) != BN_OK ||
      bn_measure_multiply_adds(index, pool, &multiply_adds) != BN_OK) {
    std::fprintf(stderr, "the machine's limits could not be measured\n");
    return 1;
  }
  Bench bench = {kernel, kernel_at(0), pool, read_bytes / 1e9, multiply_adds / 1e9};
  std::printf("%s, %d threads; limits: %.1f GB/s read, %.1f GMAC/s\n", kernel.name, n_threads,
              bench.read_gbytes, bench.multiply_gadds);
  for (const uint64_t n_tokens : {1, 2, 8, 512}) {
    bench.ternary(kWidth, kWidth, n_tokens);
    bench.ternary(kWidth, kFeedForward, n_tokens);
  }
  bench.packed(kWidth);
  bench.packed(kFeedForward);
  const struct {
    uint32_t type;
    const char* name;
  } head_types[] = {{BN_TYPE_F32, "F32"},   {BN_TYPE_F16, "F16"},   {BN_TYPE_BF16, "BF16"},
                    {BN_TYPE_Q8_0, "Q8_0"}, {BN_TYPE_Q6_K, "Q6_K"}, {BN_TYPE_Q4_0, "Q4_0"}};
  for (const auto& head : head_types) {
    for (const uint64_t n_tokens : {1, 8}) bench.head(head.type, head.name, n_tokens);
  }
  // One token's, and those of a tile of tokens.
  for (const uint64_t n_queries : {uint64_t{4}, kMaxAttentionQueries}) {
    for (const uint64_t n_positions : {256, 4096}) bench.attention(n_queries, n_positions);
  }
  bench.deep_attention(BN_TYPE_F16, "F16");
  bench.deep_attention(BN_TYPE_Q8_0, "Q8_0");
  bench.deep_attention(BN_TYPE_F32, "F32");
  for (const uint64_t n : {kWidth, kFeedForward}) bench.rows_of(n);
  bn_pool_destroy(pool);
  return bench.all_equal ? 0 : 1;
}

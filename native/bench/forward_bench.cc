// Decode and prefill speed of a random model in the shape of BitNet b1.58 2B-4T.
//
//   forward_bench [kernel] [threads] [prompt tokens] [generated tokens] [layers] [highest] [packed]
//
// With `highest` above 0 the head is screened, and only so many logits matter (bn_batch.highest). With
// `packed` 1 the weights are packed (bn_model_pack_weights).
//
// Prints tokens per second, and for decode the bytes of weights that each token reads times that
// rate. The weights are random codes: speed does not depend on them. The best of three repetitions
// counts, because other work on the machine only ever slows one down; on a busy machine the CPU time
// per token, printed too, says more than the rate. Last, prefill takes turns with the kernel build's products
// on registers, and steps of decode with plain reading of the very same weights, and the median shares are
// printed that they reach of the limit measured right after them: where the limits change from second to
// second, that is what they can be held to.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

#include "bitnet.h"
#include "runtime/model.h"
#include "runtime/plain_reading.h"

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Cost {
  double wall = 1e9, cpu = 1e9;  // seconds; cpu over all threads
};

template <typename F>
Cost best_of_three(const F& f) {
  Cost best;
  for (int i = 0; i < 3; ++i) {
    const Clock::time_point start = Clock::now();
    const std::clock_t cpu_start = std::clock();
    f();
    best.wall = std::fmin(best.wall, seconds_since(start));
    best.cpu = std::fmin(best.cpu, static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC);
  }
  return best;
}

void must(int32_t status, const char* what) {
  if (status == BN_OK) return;
  std::fprintf(stderr, "%s: status %d\n", what, status);
  std::exit(1);
}

constexpr int kTurns = 7;

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

struct Weights {
  std::vector<uint8_t> data;
  std::vector<bn_tensor> tensors;
  uint64_t state = 1;

  void add(uint32_t slot, uint32_t layer, uint32_t type, uint64_t rows, uint64_t cols) {
    const uint64_t n = rows * cols;
    const uint64_t bytes = type == BN_TYPE_I2_S ? n / 4 + 32 : type == BN_TYPE_F32 ? n * 4 : n * 2;
    const uint64_t offset = data.size();
    data.resize((offset + bytes + 31) / 32 * 32);
    uint8_t* p = data.data() + offset;
    const float one = 1;
    for (uint64_t i = 0; i < bytes; i += 8) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      uint64_t r = state ^ state >> 29;
      if (type == BN_TYPE_I2_S) r &= ~(r >> 1 & 0x5555555555555555u);  // 3 becomes 2
      if (type == BN_TYPE_F16) r = (r & 0x83ff83ff83ff83ffu) | 0x2400240024002400u;
      std::memcpy(p + i, &r, bytes - i < 8 ? bytes - i : 8);
    }
    if (type == BN_TYPE_I2_S) std::memcpy(p + n / 4, &one, 4);
    if (type == BN_TYPE_F32) {
      for (uint64_t i = 0; i < n; ++i) std::memcpy(p + 4 * i, &one, 4);
    }
    tensors.push_back({slot, layer, type, 0, 0, 0, offset, bytes, rows, cols});
  }
};

uint32_t argument(int argc, char** argv, int i, uint32_t otherwise) {
  return argc > i ? static_cast<uint32_t>(std::atoi(argv[i])) : otherwise;
}

}  // namespace

int main(int argc, char** argv) {
  const char* wanted = argc > 1 ? argv[1] : "";
  const uint32_t threads = argument(argc, argv, 2, 2), n_prompt = argument(argc, argv, 3, 128);
  const uint32_t n_decode = argument(argc, argv, 4, 32), n_layers = argument(argc, argv, 5, 30);
  const uint32_t n_highest = argument(argc, argv, 6, 0), packed = argument(argc, argv, 7, 0);
  uint32_t kernel = bn_kernel_best();
  bn_kernel_info info = {};
  info.size = sizeof info;
  for (uint32_t i = 0; i < bn_kernel_count() && *wanted; ++i) {
    must(bn_kernel_describe(i, &info), "describe");
    if (std::strcmp(info.name, wanted) == 0) kernel = i;
  }
  must(bn_kernel_describe(kernel, &info), "describe");

  const bn_hparams h = {n_layers, 2560,   6912,  20,
                        5,        128,    128256, BN_ACTIVATION_RELU2,
                        1e-5f,    static_cast<float>(1 / std::sqrt(128.0))};
  Weights w;
  w.data.reserve(uint64_t{1300} << 20);
  w.add(BN_SLOT_TOKEN_EMBD, 0, BN_TYPE_F16, h.n_vocab, h.n_embd);
  w.add(BN_SLOT_OUTPUT_NORM, 0, BN_TYPE_F32, 1, h.n_embd);
  for (uint32_t l = 0; l < n_layers; ++l) {
    w.add(BN_SLOT_ATTN_NORM, l, BN_TYPE_F32, 1, h.n_embd);
    w.add(BN_SLOT_ATTN_Q, l, BN_TYPE_I2_S, 2560, 2560);
    w.add(BN_SLOT_ATTN_K, l, BN_TYPE_I2_S, 640, 2560);
    w.add(BN_SLOT_ATTN_V, l, BN_TYPE_I2_S, 640, 2560);
    w.add(BN_SLOT_ATTN_SUB_NORM, l, BN_TYPE_F32, 1, 2560);
    w.add(BN_SLOT_ATTN_OUTPUT, l, BN_TYPE_I2_S, 2560, 2560);
    w.add(BN_SLOT_FFN_NORM, l, BN_TYPE_F32, 1, 2560);
    w.add(BN_SLOT_FFN_GATE, l, BN_TYPE_I2_S, 6912, 2560);
    w.add(BN_SLOT_FFN_UP, l, BN_TYPE_I2_S, 6912, 2560);
    w.add(BN_SLOT_FFN_SUB_NORM, l, BN_TYPE_F32, 1, 6912);
    w.add(BN_SLOT_FFN_DOWN, l, BN_TYPE_I2_S, 2560, 6912);
  }
  const bn_region region = {w.data.data(), w.data.size()};
  const bn_model_config config = {sizeof config, kernel, h, BN_MODEL_COPY_WEIGHTS, 0, &region,
                                  sizeof region, w.tensors.data(),
                                  w.tensors.size() * sizeof(bn_tensor)};
  bn_model* model;
  must(bn_model_create(&config, &model, nullptr), "model");
  bn_pool* pool;
  must(bn_pool_create(threads, &pool), "pool");
  if (n_highest > 0) {
    const Clock::time_point start = Clock::now();
    must(bn_model_screen_head(model, pool), "screened head");
    std::printf("screened head made in %.2f s\n", seconds_since(start));
  }
  if (packed != 0) {
    const Clock::time_point start = Clock::now();
    must(bn_model_pack_weights(model, pool), "packed weights");
    std::printf("weights packed in %.2f s\n", seconds_since(start));
  }
  const uint32_t positions = n_prompt + n_decode, pages = positions / BN_KV_PAGE_TOKENS + 1;
  std::vector<float> cos(uint64_t{positions} * 64), sin(cos.size());
  for (uint32_t p = 0; p < positions; ++p) {
    for (uint32_t i = 0; i < 64; ++i) {
      const double angle = p * std::pow(500000.0, -2.0 * i / 128);
      cos[p * 64 + i] = static_cast<float>(std::cos(angle));
      sin[p * 64 + i] = static_cast<float>(std::sin(angle));
    }
  }
  const bn_context_config context_config = {sizeof context_config, n_prompt,   positions,
                                            0,                     cos.data(), sin.data(),
                                            cos.size() * sizeof(float)};
  bn_context* context;
  must(bn_context_create(model, pool, &context_config, &context), "context");
  const bn_kv_config kv_config = {sizeof kv_config, BN_TYPE_F16, pages};
  bn_kv* kv;
  must(bn_kv_create(model, &kv_config, &kv), "kv");

  std::vector<int32_t> table(pages), tokens(n_prompt), place(n_prompt), sequence(n_prompt, 0);
  for (uint32_t i = 0; i < pages; ++i) table[i] = static_cast<int32_t>(i);
  std::vector<uint8_t> want(n_prompt, 0);
  std::vector<float> logits(h.n_vocab);
  want.back() = 1;
  for (uint32_t i = 0; i < n_prompt; ++i) {
    tokens[i] = static_cast<int32_t>(i * 7919 % h.n_vocab);
    place[i] = static_cast<int32_t>(i);
  }
  bn_batch batch = {sizeof batch, n_prompt, tokens.data(), place.data(), sequence.data(),
                    table.data(), 1,        pages,         want.data(),  nullptr, 0, n_highest, 0};
  const auto forward = [&] {
    must(bn_forward(context, kv, &batch, logits.data(), logits.size() * sizeof(float)), "forward");
  };
  const Cost prefill = best_of_three(forward);
  const double prompt_macs =
      n_prompt * (n_layers * (2560.0 * (2560 * 2 + 640 * 2) + 3 * 6912.0 * 2560));
  std::vector<double> product_shares;
  want.back() = 0;  // the head is none of the ternary products
  for (int i = 0; i < kTurns; ++i) {
    const Clock::time_point start = Clock::now();
    must(bn_forward(context, kv, &batch, nullptr, 0), "forward");
    const double seconds = seconds_since(start);
    double peak;
    must(bn_measure_multiply_adds(kernel, pool, &peak), "multiply-adds");
    product_shares.push_back(prompt_macs / seconds / peak);
  }

  batch.n_tokens = 1;
  want[0] = 1;
  const Cost decode = best_of_three([&] {
    for (uint32_t i = 0; i < n_decode; ++i) {
      place[0] = static_cast<int32_t>(n_prompt + i);
      forward();
    }
  });
  std::vector<double> step_seconds, bandwidths;
  for (uint32_t i = 0; i < n_decode; ++i) {
    place[0] = static_cast<int32_t>(n_prompt + i);
    const Clock::time_point start = Clock::now();
    forward();
    step_seconds.push_back(seconds_since(start));
    bitnet::PoolLease lease(pool);
    const uint64_t bytes = model->copies.bytes() / 64 * 64;
    bandwidths.push_back(bitnet::read_bandwidth(&lease, model->copies.data(), bytes));
  }
  double checksum = 0;  // of what is finite with and without a screened head
  for (const float f : logits) checksum = std::fmax(checksum, static_cast<double>(f));
  // Packed, three weights take 5 bits in place of 6; a screened head reads a byte a weight in place of two.
  const double head_bytes = 2.0 * h.n_vocab * h.n_embd;
  const double ternary_bytes = static_cast<double>(w.data.size()) - head_bytes;
  const double weight_bytes = ternary_bytes * (packed != 0 ? 5.0 / 6 : 1) +
                              head_bytes * (n_highest > 0 ? 0.5 : 1);
  std::printf("%s, %u threads, %u layers\n", info.name, threads, n_layers);
  std::printf("  prefill of %u tokens: %.1f t/s, %.2f CPU ms per token, %.0f GMAC/s ternary\n",
              n_prompt, n_prompt / prefill.wall, prefill.cpu * 1e3 / n_prompt,
              prompt_macs / prefill.wall * 1e-9);
  std::printf("  in turns with products on registers: %.1f %% of their speed (median of %d)\n",
              100 * median(product_shares), kTurns);
  std::printf("  decode: %.2f t/s, %.2f CPU ms per token, %.1f GB/s of weights\n",
              n_decode / decode.wall, decode.cpu * 1e3 / n_decode,
              weight_bytes * n_decode / decode.wall * 1e-9);
  std::vector<double> shares;
  for (uint32_t i = 0; i < n_decode; ++i) {
    shares.push_back(weight_bytes / step_seconds[i] / bandwidths[i]);
  }
  const double best_step = *std::min_element(step_seconds.begin(), step_seconds.end());
  const double best_bandwidth = *std::max_element(bandwidths.begin(), bandwidths.end());
  std::printf("  in turns with plain reading: %.1f %% of its bandwidth (median of %u)"
              ", best %.1f of %.1f GB/s\n",
              100 * median(shares), n_decode, weight_bytes / best_step * 1e-9,
              best_bandwidth * 1e-9);
  std::printf("  highest of the last logits %.9g; %llu rows of the head computed\n", checksum,
              static_cast<unsigned long long>(bn_context_head_rows(context)));
  bn_context_destroy(context);
  bn_kv_destroy(kv);
  bn_pool_destroy(pool);
  bn_model_destroy(model);
}

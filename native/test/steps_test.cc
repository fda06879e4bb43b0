// The bn_op functions: results through the C API, and every argument wrong in turn.
#include <cstring>

#include "kernels/registry.h"
#include "test/compare.h"
#include "test/values.h"

namespace {

// Runs f for each build that this CPU runs.
template <typename F>
void for_every_kernel(F f) {
  for (uint32_t kernel = 0; kernel < bn_kernel_count(); ++kernel) {
    bn_kernel_info info = {};
    info.size = sizeof info;
    CHECK_EQ(bn_kernel_describe(kernel, &info), BN_OK);
    if (!info.runnable) continue;
    SCOPE("build %s", info.name);
    f(kernel);
  }
}

}  // namespace

TEST("kernels are described: scalar first, names unique, the best one runnable") {
  REQUIRE(bn_kernel_count() >= 1);
  std::vector<std::string> names;
  for (uint32_t i = 0; i < bn_kernel_count(); ++i) {
    bn_kernel_info info = {};
    info.size = sizeof info;
    CHECK_EQ(bn_kernel_describe(i, &info), BN_OK);
    CHECK(std::strlen(info.description) > 10);
    CHECK(std::strlen(info.description) < sizeof info.description - 1);
    for (const std::string& other : names) CHECK(other != info.name);
    names.push_back(info.name);
    if (i == 0) CHECK(info.runnable == 1);
    if (i == bn_kernel_best()) CHECK(info.runnable == 1);
    if (i > bn_kernel_best()) CHECK(info.runnable == 0);
  }
  CHECK(names[0] == "scalar");
  bn_kernel_info info = {};
  info.size = sizeof info;
  CHECK_EQ(bn_kernel_describe(bn_kernel_count(), &info), BN_ERROR_UNKNOWN_KERNEL);
  CHECK_EQ(info.name[0], '\0');
  CHECK_EQ(bn_kernel_describe(0, nullptr), BN_ERROR_NULL);
  info.size = 4;
  CHECK_EQ(bn_kernel_describe(0, &info), BN_ERROR_STRUCT_SIZE);
}

TEST("the library reports the ABI version of its header") {
  CHECK_EQ(bn_abi_version(), BN_ABI_VERSION);
}

TEST("struct sizes are reported for every struct and 0 beyond") {
  for (uint32_t i = 0; i < BN_STRUCT_COUNT; ++i) CHECK(bn_struct_bytes(i) >= 12);
  CHECK_EQ(bn_struct_bytes(BN_STRUCT_BATCH), sizeof(bn_batch));
  CHECK_EQ(bn_struct_bytes(BN_STRUCT_COUNT), 0u);
}

TEST("quantise and multiply through the API equal the reference for many tokens") {
  for_every_kernel([](uint32_t kernel) {
    Values values(4);
    const uint64_t n_tokens = 130, rows = 6, cols = 256;
    const std::vector<float> x = values.floats(n_tokens * cols, Fill::kOrdinary);
    std::vector<int8_t> q(n_tokens * cols), expected_q(cols);
    std::vector<float> scales(n_tokens), y(n_tokens * rows), expected(n_tokens * rows);
    CHECK_EQ(bn_op_quantize(kernel, n_tokens, cols, x.data(), x.size() * 4, q.data(), q.size(),
                            scales.data(), scales.size() * 4), BN_OK);
    std::vector<uint8_t> weights = values.bytes(rows * cols / 4 + 32);
    const float w = 0.37f;
    std::memcpy(&weights[rows * cols / 4], &w, 4);
    CHECK_EQ(bn_op_ternary_matmul(kernel, n_tokens, rows, cols, weights.data(), weights.size(),
                                  q.data(), q.size(), scales.data(), scales.size() * 4, y.data(),
                                  y.size() * 4), BN_OK);
    for (uint64_t t = 0; t < n_tokens; ++t) {
      const float s = reference::quantize(&x[t * cols], cols, expected_q.data());
      for (uint64_t r = 0; r < rows; ++r) {
        expected[t * rows + r] = reference::ternary(weights.data(), w, cols, r, expected_q.data(), s);
      }
    }
    CHECK_SAME(y.data(), expected.data(), y.size());
  });
}

TEST("attention through the API equals the reference, heads in groups of 20") {
  for_every_kernel([](uint32_t kernel) {
    Values values(6);
    const uint64_t n_heads = 40, n_kv_heads = 2, d = 34, n = 50;
    const std::vector<float> q = values.floats(n_heads * d, Fill::kOrdinary);
    const std::vector<float> k = values.floats(n_kv_heads * n * d, Fill::kOrdinary);
    const std::vector<float> v = values.floats(n_kv_heads * n * d, Fill::kOrdinary);
    std::vector<float> out(n_heads * d), expected(n_heads * d);
    CHECK_EQ(bn_op_attention(kernel, n_heads, n_kv_heads, d, n, 0.3f, q.data(), q.size() * 4,
                             BN_TYPE_F32, k.data(), v.data(), k.size() * 4, out.data(),
                             out.size() * 4), BN_OK);
    for (uint64_t h = 0; h < n_heads; ++h) {
      const uint64_t kv = h / 20 * n * d;
      reference::attention(&q[h * d], d, &k[kv], &v[kv], n, 0.3f, &expected[h * d]);
    }
    CHECK_SAME(out.data(), expected.data(), out.size());
  });
}

TEST("rows of every KV type round as the reference does, and attend alike") {
  for_every_kernel([](uint32_t kernel) {
    Values values(8);
    for (const uint64_t d : {2, 31, 32, 34, 100, 128}) {
      for (const uint32_t type : {BN_TYPE_F16, BN_TYPE_F32, BN_TYPE_Q8_0}) {
        for (const Fill fill : kFills) {
          SCOPE("head_dim %d, type %u, fill %d", static_cast<int>(d), type, static_cast<int>(fill));
          const uint64_t n = 37, scales = (d + 31) / 32 * 2;
          const uint64_t row_bytes =
              type == BN_TYPE_Q8_0 ? scales + d : reference::bytes_of(type, d);
          const std::vector<float> x = values.floats(n * d, fill);
          const std::vector<float> q = values.floats(d, fill);
          std::vector<uint8_t> rows(n * row_bytes);
          CHECK_EQ(bn_op_kv_rows(kernel, type, n, d, x.data(), x.size() * 4, rows.data(),
                                 rows.size()), BN_OK);
          std::vector<float> expected;
          for (uint64_t t = 0; t < n; ++t) {
            const std::vector<float> row = reference::stored(type, &x[t * d], d);
            expected.insert(expected.end(), row.begin(), row.end());
          }
          const std::vector<float> actual = reference::widen_kv(type, rows.data(), n, d);
          CHECK_SAME(actual.data(), expected.data(), expected.size());

          std::vector<float> out(d), attended(d);
          CHECK_EQ(bn_op_attention(kernel, 1, 1, d, n, 0.3f, q.data(), d * 4, type, rows.data(),
                                   rows.data(), rows.size(), out.data(), d * 4), BN_OK);
          reference::attention(q.data(), d, expected.data(), expected.data(), n, 0.3f,
                               attended.data());
          CHECK_SAME(out.data(), attended.data(), d);
        }
      }
    }
  });
}

TEST("Q8_0 keys hold what is too large, subnormal, infinite or not a number") {
  for_every_kernel([](uint32_t kernel) {
    const float infinity = HUGE_VALF;
    const struct {
      float x[2], kept[2];
    } cases[] = {
        {{127, -127}, {127, -127}},
        {{0, -0.0f}, {0, 0}},
        {{1e-9f, 0}, {0, 0}},                        // the scale rounds to zero
        {{127 * 0x1p-24f, -0x1p-24f}, {127 * 0x1p-24f, -0x1p-24f}},
        {{190 * 0x1p-24f, 0}, {127 * 0x1p-24f, 0}},  // 1.496 units of the scale: one
        {{1e9f, -1e9f}, {127 * 65504.0f, -127 * 65504.0f}},
        {{infinity, 65504}, {127 * 65504.0f, 65504}},
        {{std::nanf(""), 127}, {0, 127}},
        {{127, 0.5f}, {127, 0}},                     // a half goes to the even
        {{127, 1.5f}, {127, 2}},
    };
    for (const auto& c : cases) {
      SCOPE("%g, %g", static_cast<double>(c.x[0]), static_cast<double>(c.x[1]));
      uint8_t row[4];
      CHECK_EQ(bn_op_kv_rows(kernel, BN_TYPE_Q8_0, 1, 2, c.x, 8, row, 4), BN_OK);
      const std::vector<float> kept = reference::widen_kv(BN_TYPE_Q8_0, row, 1, 2);
      CHECK_EQ(kept[0], c.kept[0]);
      CHECK_EQ(kept[1], c.kept[1]);
    }
  });
}

TEST("every step refuses NULL, ranges and small buffers, and writes nothing then") {
  std::vector<float> a(256, 1.0f), b(256, 1.0f), y(256, -5.0f);
  const std::vector<float> untouched = y;
  std::vector<int8_t> q(256, 1);
  std::vector<uint8_t> w(96, 0);
  const uint64_t huge = ~uint64_t{0} / 2;
  const uint32_t none = bn_kernel_count();
  float *A = a.data(), *B = b.data(), *Y = y.data();
  int8_t* Q = q.data();
  uint8_t* W = w.data();

  CHECK_EQ(bn_op_quantize(none, 1, 16, A, 64, Q, 16, Y, 4), BN_ERROR_UNKNOWN_KERNEL);
  CHECK_EQ(bn_op_quantize(0, 1, 16, nullptr, 64, Q, 16, Y, 4), BN_ERROR_NULL);
  CHECK_EQ(bn_op_quantize(0, 1, 16, A, 64, nullptr, 16, Y, 4), BN_ERROR_NULL);
  CHECK_EQ(bn_op_quantize(0, 1, 16, A, 64, Q, 16, nullptr, 4), BN_ERROR_NULL);
  CHECK_EQ(bn_op_quantize(0, 0, 16, A, 64, Q, 16, Y, 4), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_op_quantize(0, 1, 0, A, 64, Q, 16, Y, 4), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_op_quantize(0, 1, BN_MAX_COLUMNS + 1, A, huge, Q, huge, Y, huge), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_op_quantize(0, 1, 16, A, 63, Q, 16, Y, 4), BN_ERROR_BUFFER_TOO_SMALL);
  CHECK_EQ(bn_op_quantize(0, 1, 16, A, 64, Q, 15, Y, 4), BN_ERROR_BUFFER_TOO_SMALL);
  CHECK_EQ(bn_op_quantize(0, 1, 16, A, 64, Q, 16, Y, 3), BN_ERROR_BUFFER_TOO_SMALL);
  CHECK_EQ(bn_op_quantize(0, uint64_t{1} << 47, 16, A, huge, Q, huge, Y, 1024),
           BN_ERROR_BUFFER_TOO_SMALL);

  const auto matmul = [&](uint64_t tokens, uint64_t rows, uint64_t cols, uint64_t wb, uint64_t qb,
                          uint64_t sb, uint64_t yb) {
    return bn_op_ternary_matmul(0, tokens, rows, cols, W, wb, Q, qb, A, sb, Y, yb);
  };
  CHECK_EQ(bn_op_ternary_matmul(none, 1, 2, 128, W, 96, Q, 128, A, 4, Y, 8),
           BN_ERROR_UNKNOWN_KERNEL);
  CHECK_EQ(bn_op_ternary_matmul(0, 1, 2, 128, nullptr, 96, Q, 128, A, 4, Y, 8), BN_ERROR_NULL);
  CHECK_EQ(bn_op_ternary_matmul(0, 1, 2, 128, W, 96, nullptr, 128, A, 4, Y, 8), BN_ERROR_NULL);
  CHECK_EQ(bn_op_ternary_matmul(0, 1, 2, 128, W, 96, Q, 128, nullptr, 4, Y, 8), BN_ERROR_NULL);
  CHECK_EQ(bn_op_ternary_matmul(0, 1, 2, 128, W, 96, Q, 128, A, 4, nullptr, 8), BN_ERROR_NULL);
  CHECK_EQ(matmul(0, 2, 128, 96, 128, 4, 8), BN_ERROR_ARGUMENT);
  CHECK_EQ(matmul(1, 0, 128, 96, 128, 4, 8), BN_ERROR_ARGUMENT);
  CHECK_EQ(matmul(1, 2, 0, 96, 128, 4, 8), BN_ERROR_ARGUMENT);
  CHECK_EQ(matmul(1, 2, 64, 96, 128, 4, 8), BN_ERROR_ARGUMENT);
  CHECK_EQ(matmul(1, 2, 130, 96, 256, 4, 8), BN_ERROR_ARGUMENT);
  CHECK_EQ(matmul(1, 2, BN_MAX_COLUMNS + 128, huge, huge, 4, 8), BN_ERROR_ARGUMENT);
  CHECK_EQ(matmul(1, 2, 128, 95, 128, 4, 8), BN_ERROR_BUFFER_TOO_SMALL);
  CHECK_EQ(matmul(1, 2, 128, 0, 128, 4, 8), BN_ERROR_BUFFER_TOO_SMALL);
  CHECK_EQ(matmul(1, 2, 128, 96, 127, 4, 8), BN_ERROR_BUFFER_TOO_SMALL);
  CHECK_EQ(matmul(1, 2, 128, 96, 128, 3, 8), BN_ERROR_BUFFER_TOO_SMALL);
  CHECK_EQ(matmul(1, 2, 128, 96, 128, 4, 7), BN_ERROR_BUFFER_TOO_SMALL);
  CHECK_EQ(matmul(1, uint64_t{1} << 48, 1 << 20, 96, huge, 4, huge), BN_ERROR_BUFFER_TOO_SMALL);

  CHECK_EQ(bn_op_rms_norm(none, 4, A, B, 0, Y, 16), BN_ERROR_UNKNOWN_KERNEL);
  CHECK_EQ(bn_op_rms_norm(0, 4, nullptr, B, 0, Y, 16), BN_ERROR_NULL);
  CHECK_EQ(bn_op_rms_norm(0, 4, A, nullptr, 0, Y, 16), BN_ERROR_NULL);
  CHECK_EQ(bn_op_rms_norm(0, 4, A, B, 0, nullptr, 16), BN_ERROR_NULL);
  CHECK_EQ(bn_op_rms_norm(0, 0, A, B, 0, Y, 16), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_op_rms_norm(0, huge, A, B, 0, Y, huge), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_op_rms_norm(0, 4, A, B, 0, Y, 15), BN_ERROR_BUFFER_TOO_SMALL);

  CHECK_EQ(bn_op_rope(none, 2, 8, Y, 64, A, B, 16), BN_ERROR_UNKNOWN_KERNEL);
  CHECK_EQ(bn_op_rope(0, 2, 8, nullptr, 64, A, B, 16), BN_ERROR_NULL);
  CHECK_EQ(bn_op_rope(0, 2, 8, Y, 64, nullptr, B, 16), BN_ERROR_NULL);
  CHECK_EQ(bn_op_rope(0, 2, 8, Y, 64, A, nullptr, 16), BN_ERROR_NULL);
  CHECK_EQ(bn_op_rope(0, 0, 8, Y, 64, A, B, 16), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_op_rope(0, 2, 7, Y, 64, A, B, 16), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_op_rope(0, 2, 0, Y, 64, A, B, 16), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_op_rope(0, 2, 8, Y, 63, A, B, 16), BN_ERROR_BUFFER_TOO_SMALL);
  CHECK_EQ(bn_op_rope(0, 2, 8, Y, 64, A, B, 15), BN_ERROR_BUFFER_TOO_SMALL);

  const auto attend = [&](uint64_t heads, uint64_t kv_heads, uint64_t d, uint64_t n, uint32_t type,
                          uint64_t qb, uint64_t kvb, uint64_t ob) {
    return bn_op_attention(0, heads, kv_heads, d, n, 1, A, qb, type, B, B, kvb, Y, ob);
  };
  CHECK_EQ(bn_op_attention(none, 2, 1, 4, 3, 1, A, 32, BN_TYPE_F16, B, B, 24, Y, 32),
           BN_ERROR_UNKNOWN_KERNEL);
  CHECK_EQ(bn_op_attention(0, 2, 1, 4, 3, 1, nullptr, 32, BN_TYPE_F16, B, B, 24, Y, 32),
           BN_ERROR_NULL);
  CHECK_EQ(bn_op_attention(0, 2, 1, 4, 3, 1, A, 32, BN_TYPE_F16, nullptr, B, 24, Y, 32),
           BN_ERROR_NULL);
  CHECK_EQ(bn_op_attention(0, 2, 1, 4, 3, 1, A, 32, BN_TYPE_F16, B, nullptr, 24, Y, 32),
           BN_ERROR_NULL);
  CHECK_EQ(bn_op_attention(0, 2, 1, 4, 3, 1, A, 32, BN_TYPE_F16, B, B, 24, nullptr, 32),
           BN_ERROR_NULL);
  CHECK_EQ(attend(0, 1, 4, 3, BN_TYPE_F16, 32, 24, 32), BN_ERROR_ARGUMENT);
  CHECK_EQ(attend(2, 0, 4, 3, BN_TYPE_F16, 32, 24, 32), BN_ERROR_ARGUMENT);
  CHECK_EQ(attend(3, 2, 4, 3, BN_TYPE_F16, 320, 240, 320), BN_ERROR_ARGUMENT);
  CHECK_EQ(attend(2, 1, 0, 3, BN_TYPE_F16, 32, 24, 32), BN_ERROR_ARGUMENT);
  CHECK_EQ(attend(2, 1, 4, 0, BN_TYPE_F16, 32, 24, 32), BN_ERROR_ARGUMENT);
  CHECK_EQ(attend(2, 1, 4, 3, BN_TYPE_BF16, 32, 24, 32), BN_ERROR_ARGUMENT);
  CHECK_EQ(attend(2, 1, 4, 3, BN_TYPE_F16, 31, 24, 32), BN_ERROR_BUFFER_TOO_SMALL);
  CHECK_EQ(attend(2, 1, 4, 3, BN_TYPE_F16, 32, 23, 32), BN_ERROR_BUFFER_TOO_SMALL);
  CHECK_EQ(attend(2, 1, 4, 3, BN_TYPE_F32, 32, 47, 32), BN_ERROR_BUFFER_TOO_SMALL);
  CHECK_EQ(attend(2, 1, 4, 3, BN_TYPE_F16, 32, 24, 31), BN_ERROR_BUFFER_TOO_SMALL);
  CHECK_EQ(attend(2, 1, 1 << 30, uint64_t{1} << 40, BN_TYPE_F16, huge, 24, huge),
           BN_ERROR_BUFFER_TOO_SMALL);

  CHECK_EQ(attend(2, 1, 4, 3, BN_TYPE_Q8_0, 32, 17, 32), BN_ERROR_BUFFER_TOO_SMALL);
  CHECK_EQ(bn_op_kv_rows(none, BN_TYPE_Q8_0, 2, 4, A, 32, W, 12), BN_ERROR_UNKNOWN_KERNEL);
  CHECK_EQ(bn_op_kv_rows(0, BN_TYPE_Q8_0, 2, 4, nullptr, 32, W, 12), BN_ERROR_NULL);
  CHECK_EQ(bn_op_kv_rows(0, BN_TYPE_Q8_0, 2, 4, A, 32, nullptr, 12), BN_ERROR_NULL);
  CHECK_EQ(bn_op_kv_rows(0, BN_TYPE_Q4_0, 2, 4, A, 32, W, 12), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_op_kv_rows(0, BN_TYPE_Q8_0, 0, 4, A, 32, W, 12), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_op_kv_rows(0, BN_TYPE_Q8_0, 2, 0, A, 32, W, 12), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_op_kv_rows(0, BN_TYPE_Q8_0, 2, 4, A, 31, W, 12), BN_ERROR_BUFFER_TOO_SMALL);
  CHECK_EQ(bn_op_kv_rows(0, BN_TYPE_Q8_0, 2, 4, A, 32, W, 11), BN_ERROR_BUFFER_TOO_SMALL);

  CHECK_EQ(bn_op_activation(none, 0, 4, A, B, Y, 16), BN_ERROR_UNKNOWN_KERNEL);
  CHECK_EQ(bn_op_activation(0, 0, 4, nullptr, B, Y, 16), BN_ERROR_NULL);
  CHECK_EQ(bn_op_activation(0, 0, 4, A, nullptr, Y, 16), BN_ERROR_NULL);
  CHECK_EQ(bn_op_activation(0, 0, 4, A, B, nullptr, 16), BN_ERROR_NULL);
  CHECK_EQ(bn_op_activation(0, 2, 4, A, B, Y, 16), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_op_activation(0, 0, 0, A, B, Y, 16), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_op_activation(0, 0, 4, A, B, Y, 15), BN_ERROR_BUFFER_TOO_SMALL);

  CHECK_EQ(bn_op_head(none, BN_TYPE_F16, 2, 4, W, 16, A, 16, Y, 8), BN_ERROR_UNKNOWN_KERNEL);
  CHECK_EQ(bn_op_head(0, BN_TYPE_F16, 2, 4, nullptr, 16, A, 16, Y, 8), BN_ERROR_NULL);
  CHECK_EQ(bn_op_head(0, BN_TYPE_F16, 2, 4, W, 16, nullptr, 16, Y, 8), BN_ERROR_NULL);
  CHECK_EQ(bn_op_head(0, BN_TYPE_F16, 2, 4, W, 16, A, 16, nullptr, 8), BN_ERROR_NULL);
  CHECK_EQ(bn_op_head(0, BN_TYPE_I2_S, 2, 4, W, 16, A, 16, Y, 8), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_op_head(0, BN_TYPE_F16, 0, 4, W, 16, A, 16, Y, 8), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_op_head(0, BN_TYPE_F16, 2, 0, W, 16, A, 16, Y, 8), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_op_head(0, BN_TYPE_F16, 2, 4, W, 15, A, 16, Y, 8), BN_ERROR_BUFFER_TOO_SMALL);
  CHECK_EQ(bn_op_head(0, BN_TYPE_F32, 2, 4, W, 31, A, 16, Y, 8), BN_ERROR_BUFFER_TOO_SMALL);
  CHECK_EQ(bn_op_head(0, BN_TYPE_F16, 2, 4, W, 16, A, 15, Y, 8), BN_ERROR_BUFFER_TOO_SMALL);
  CHECK_EQ(bn_op_head(0, BN_TYPE_F16, 2, 4, W, 16, A, 16, Y, 7), BN_ERROR_BUFFER_TOO_SMALL);
  CHECK_EQ(bn_op_head(0, BN_TYPE_Q8_0, 1, 48, W, 96, A, 192, Y, 4), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_op_head(0, BN_TYPE_Q4_0, 1, 16, W, 96, A, 64, Y, 4), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_op_head(0, BN_TYPE_Q6_K, 1, 128, W, 96, A, 512, Y, 4), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_op_head(0, BN_TYPE_Q8_0, 2, 32, W, 67, A, 128, Y, 8), BN_ERROR_BUFFER_TOO_SMALL);
  CHECK_EQ(bn_op_head(0, BN_TYPE_Q4_0, 2, 32, W, 35, A, 128, Y, 8), BN_ERROR_BUFFER_TOO_SMALL);

  CHECK_EQ(bn_op_exp(none, 4, A, Y, 16), BN_ERROR_UNKNOWN_KERNEL);
  CHECK_EQ(bn_op_exp(0, 4, nullptr, Y, 16), BN_ERROR_NULL);
  CHECK_EQ(bn_op_exp(0, 4, A, nullptr, 16), BN_ERROR_NULL);
  CHECK_EQ(bn_op_exp(0, 0, A, Y, 16), BN_ERROR_ARGUMENT);
  CHECK_EQ(bn_op_exp(0, 4, A, Y, 15), BN_ERROR_BUFFER_TOO_SMALL);

  CHECK(y == untouched);
}

TEST("norm, rope, gate, head and exp through the API equal the reference") {
  for_every_kernel([](uint32_t kernel) {
    Values values(12);
    const uint64_t n = 70;
    const std::vector<float> a = values.floats(n, Fill::kExtreme), b = values.floats(n, Fill::kExtreme);
    std::vector<float> y(n), expected(n);
    CHECK_EQ(bn_op_rms_norm(kernel, n, a.data(), b.data(), 1e-6f, y.data(), n * 4), BN_OK);
    reference::rms_norm(a.data(), b.data(), n, 1e-6f, expected.data());
    CHECK_SAME(y.data(), expected.data(), n);

    for (const uint32_t activation : {BN_ACTIVATION_RELU2, BN_ACTIVATION_SILU}) {
      CHECK_EQ(bn_op_activation(kernel, activation, n, a.data(), b.data(), y.data(), n * 4), BN_OK);
      for (uint64_t i = 0; i < n; ++i) expected[i] = reference::activate(activation, a[i], b[i]);
      CHECK_SAME(y.data(), expected.data(), n);
    }

    CHECK_EQ(bn_op_exp(kernel, n, a.data(), y.data(), n * 4), BN_OK);
    for (uint64_t i = 0; i < n; ++i) expected[i] = reference::exp(a[i]);
    CHECK_SAME(y.data(), expected.data(), n);

    y = expected = a;
    CHECK_EQ(bn_op_rope(kernel, 5, 14, y.data(), n * 4, b.data(), b.data() + 7, 28), BN_OK);
    for (uint64_t h = 0; h < 5; ++h) reference::rope(&expected[h * 14], 14, b.data(), b.data() + 7);
    CHECK_SAME(y.data(), expected.data(), n);

    CHECK_EQ(bn_op_head(kernel, BN_TYPE_F32, 7, 10, a.data(), n * 4, b.data(), 40, y.data(), 28), BN_OK);
    for (uint64_t r = 0; r < 7; ++r) expected[r] = reference::dot(&a[r * 10], b.data(), 10);
    CHECK_SAME(y.data(), expected.data(), 7);
  });
}

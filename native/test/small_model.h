// Small random models: the tensor table for the library, and the same weights for a plain reference.
#ifndef BITNET_TEST_SMALL_MODEL_H
#define BITNET_TEST_SMALL_MODEL_H

#include <cstring>
#include <vector>

#include "bitnet.h"
#include "test/reference.h"
#include "test/values.h"

struct Shape {
  const char* name;
  uint32_t n_layers, n_embd, n_ff, n_heads, n_kv_heads, head_dim, n_vocab, activation;
  uint32_t embd_type;    // of token_embd and output
  bool separate_output;  // else the head is token_embd
  uint32_t layout;       // of the ternary tensors
  bool all_codes;        // the unused code 3 as well
};

class SmallModel {
 public:
  explicit SmallModel(const Shape& s, uint32_t seed = 1) : shape(s), values_(seed) {
    hparams = {s.n_layers, s.n_embd,  s.n_ff,      s.n_heads, s.n_kv_heads,
               s.head_dim, s.n_vocab, s.activation, 1e-5f,     0.2f};
    const uint64_t attn = uint64_t{s.n_heads} * s.head_dim, kv = uint64_t{s.n_kv_heads} * s.head_dim;
    add(BN_SLOT_TOKEN_EMBD, 0, s.embd_type, s.n_vocab, s.n_embd);
    add(BN_SLOT_OUTPUT_NORM, 0, BN_TYPE_F32, 1, s.n_embd);
    if (s.separate_output) add(BN_SLOT_OUTPUT, 0, s.embd_type, s.n_vocab, s.n_embd);
    for (uint32_t l = 0; l < s.n_layers; ++l) {
      add(BN_SLOT_ATTN_NORM, l, BN_TYPE_F32, 1, s.n_embd);
      add(BN_SLOT_ATTN_Q, l, BN_TYPE_I2_S, attn, s.n_embd);
      add(BN_SLOT_ATTN_K, l, BN_TYPE_I2_S, kv, s.n_embd);
      add(BN_SLOT_ATTN_V, l, BN_TYPE_I2_S, kv, s.n_embd);
      add(BN_SLOT_ATTN_SUB_NORM, l, BN_TYPE_F16, 1, attn);
      add(BN_SLOT_ATTN_OUTPUT, l, BN_TYPE_I2_S, s.n_embd, attn);
      add(BN_SLOT_FFN_NORM, l, BN_TYPE_BF16, 1, s.n_embd);
      add(BN_SLOT_FFN_GATE, l, BN_TYPE_I2_S, s.n_ff, s.n_embd);
      add(BN_SLOT_FFN_UP, l, BN_TYPE_I2_S, s.n_ff, s.n_embd);
      add(BN_SLOT_FFN_SUB_NORM, l, BN_TYPE_F32, 1, s.n_ff);
      add(BN_SLOT_FFN_DOWN, l, BN_TYPE_I2_S, s.n_embd, s.n_ff);
    }
  }

  // Positions of the RoPE tables.
  static constexpr uint32_t kPositions = 128;

  bn_model_config config(uint32_t kernel) {
    region = {data.data(), data.size()};
    return {sizeof(bn_model_config), kernel, hparams, 0, 0, &region, sizeof region, tensors.data(),
            tensors.size() * sizeof(bn_tensor)};
  }

  const bn_tensor* find(uint32_t slot, uint32_t layer) const {
    for (const bn_tensor& t : tensors) {
      if (t.slot == slot && t.layer == layer) return &t;
    }
    return nullptr;
  }

  // A norm, an embedding row or a head row as floats.
  std::vector<float> dense_row(uint32_t slot, uint32_t layer, uint64_t row) const {
    const bn_tensor& t = *find(slot, layer);
    std::vector<float> v(t.cols);
    for (uint64_t i = 0; i < t.cols; ++i) {
      v[i] = reference::widen(t.type, data.data() + t.offset, row * t.cols + i);
    }
    return v;
  }

  // The bytes of such a row.
  const uint8_t* dense_bytes(const bn_tensor& t, uint64_t row) const {
    return data.data() + t.offset + reference::bytes_of(t.type, row * t.cols);
  }

  // The code of a ternary weight, read in the tensor's own layout.
  int code(const bn_tensor& t, uint64_t row, uint64_t col) const {
    const uint8_t* p = data.data() + t.offset;
    const uint64_t i = row * t.cols + col;
    uint64_t byte, slot;
    if (t.layout == BN_LAYOUT_BLOCK_128) {
      byte = i / 128 * 32 + i % 32;
      slot = i % 128 / 32;
    } else if (t.layout == BN_LAYOUT_BLOCK_64) {
      byte = i / 64 * 16 + i % 16;
      slot = i % 64 / 16;
    } else {
      byte = row / 4 * t.cols + col;
      slot = row % 4;
    }
    return (p[byte] >> (6 - 2 * slot)) & 3;
  }

  float ternary_scale(const bn_tensor& t) const {
    float w;
    std::memcpy(&w, data.data() + t.offset + t.rows * t.cols / 4, 4);
    return w;
  }

  std::vector<float> rope_table(bool sine) const {
    const uint32_t half = shape.head_dim / 2;
    std::vector<float> table(uint64_t{kPositions} * half);
    for (uint32_t p = 0; p < kPositions; ++p) {
      for (uint32_t i = 0; i < half; ++i) {
        const double angle = p * std::pow(10000.0, -2.0 * i / shape.head_dim);
        table[p * half + i] = static_cast<float>(sine ? std::sin(angle) : std::cos(angle));
      }
    }
    return table;
  }

  Shape shape;
  bn_hparams hparams;
  std::vector<uint8_t> data;
  std::vector<bn_tensor> tensors;
  bn_region region;

 private:
  void add(uint32_t slot, uint32_t layer, uint32_t type, uint64_t rows, uint64_t cols) {
    const uint64_t n = rows * cols;
    bn_tensor t = {slot, layer, type, 0, 0, 0, data.size(), 0, rows, cols};
    if (type == BN_TYPE_I2_S) {
      t.layout = shape.layout;
      for (uint64_t i = 0; i < n / 4; ++i) {
        uint8_t byte = 0;
        for (int j = 0; j < 4; ++j) {
          byte = static_cast<uint8_t>(byte << 2 | values_.between(0, shape.all_codes ? 3 : 2));
        }
        data.push_back(byte);
      }
      put(0.5f + std::fabs(values_.ordinary()));
      data.resize(data.size() + 28, 0xaa);
    } else if (reference::block_elements(type) > 1) {
      const uint64_t block = reference::block_elements(type);
      const uint64_t block_bytes = reference::bytes_of(type, block);
      for (uint64_t i = 0; i < n; i += block) {
        std::vector<uint8_t> bytes = values_.bytes(block_bytes);
        const uint16_t d = reference::narrow_f16(values_.ordinary() * 0.01f);
        std::memcpy(&bytes[type == BN_TYPE_Q6_K ? block_bytes - 2 : 0], &d, 2);
        data.insert(data.end(), bytes.begin(), bytes.end());
      }
    } else {
      for (uint64_t i = 0; i < n; ++i) {
        const float f = values_.ordinary();
        if (type == BN_TYPE_F32) put(f);
        if (type == BN_TYPE_F16) put(reference::narrow_f16(f));
        if (type == BN_TYPE_BF16) put(static_cast<uint16_t>(reference::to_bits(f) >> 16));
      }
    }
    t.bytes = data.size() - t.offset;
    data.resize((data.size() + 31) / 32 * 32);
    tensors.push_back(t);
  }

  template <typename T>
  void put(T value) {
    uint8_t bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof value);
    data.insert(data.end(), bytes, bytes + sizeof(T));
  }

  Values values_;
};

#endif

// The forward pass of one sequence, straight from the end of native/ARITHMETIC.md: one token after
// the other, every step's result kept.
#ifndef BITNET_TEST_REFERENCE_MODEL_H
#define BITNET_TEST_REFERENCE_MODEL_H

#include <map>
#include <utility>

#include "test/small_model.h"

namespace reference {

// Results by (op, layer): [tokens][width].
using Trace = std::map<std::pair<uint32_t, uint32_t>, std::vector<float>>;

class Forward {
 public:
  Forward(const SmallModel& model, uint32_t kv_type)
      : m_(model),
        kv_type_(kv_type),
        cos_(model.rope_table(false)),
        sin_(model.rope_table(true)),
        keys_(model.shape.n_layers),
        values_(model.shape.n_layers) {}

  Trace run(const std::vector<int32_t>& tokens) {
    Trace trace;
    for (uint64_t p = 0; p < tokens.size(); ++p) step(tokens[p], p, &trace);
    return trace;
  }

 private:
  using Row = std::vector<float>;

  static void keep(Trace* trace, uint32_t op, uint32_t layer, const Row& row) {
    Row& all = (*trace)[{op, layer}];
    all.insert(all.end(), row.begin(), row.end());
  }

  Row norm(const Row& x, uint32_t slot, uint32_t layer) const {
    const Row weight = m_.dense_row(slot, layer, 0);
    Row y(x.size());
    rms_norm(x.data(), weight.data(), x.size(), m_.hparams.rms_epsilon, y.data());
    return y;
  }

  Row linear(const Row& x, uint32_t slot, uint32_t layer) const {
    const bn_tensor& t = *m_.find(slot, layer);
    std::vector<int8_t> q(x.size());
    const float s = quantize(x.data(), x.size(), q.data());
    Row y(t.rows);
    for (uint64_t r = 0; r < t.rows; ++r) {
      int32_t acc = 0;
      for (uint64_t c = 0; c < t.cols; ++c) acc += (m_.code(t, r, c) - 1) * q[c];
      const float divided = static_cast<float>(acc) / s;
      y[r] = divided * m_.ternary_scale(t);
    }
    return y;
  }

  void append(std::vector<Row>* cache, Row row) const {
    const uint64_t d = m_.hparams.head_dim;
    Row kept;
    for (uint64_t i = 0; i < row.size(); i += d) {
      const Row head = stored(kv_type_, &row[i], d);
      kept.insert(kept.end(), head.begin(), head.end());
    }
    cache->push_back(kept);
  }

  void step(int32_t token, uint64_t p, Trace* trace) {
    const bn_hparams& h = m_.hparams;
    const uint64_t d = h.head_dim;
    Row x = m_.dense_row(BN_SLOT_TOKEN_EMBD, 0, static_cast<uint64_t>(token));
    keep(trace, BN_OP_EMBEDDING, 0, x);
    for (uint32_t l = 0; l < h.n_layers; ++l) {
      const Row a = norm(x, BN_SLOT_ATTN_NORM, l);
      keep(trace, BN_OP_ATTN_NORM, l, a);
      Row q = linear(a, BN_SLOT_ATTN_Q, l), k = linear(a, BN_SLOT_ATTN_K, l);
      const Row v = linear(a, BN_SLOT_ATTN_V, l);
      keep(trace, BN_OP_Q, l, q);
      keep(trace, BN_OP_K, l, k);
      keep(trace, BN_OP_V, l, v);
      const float *cos = &cos_[p * d / 2], *sin = &sin_[p * d / 2];
      for (uint32_t i = 0; i < h.n_heads; ++i) rope(&q[i * d], d, cos, sin);
      for (uint32_t i = 0; i < h.n_kv_heads; ++i) rope(&k[i * d], d, cos, sin);
      keep(trace, BN_OP_Q_ROPE, l, q);
      keep(trace, BN_OP_K_ROPE, l, k);
      append(&keys_[l], k);
      append(&values_[l], v);

      Row o(q.size());
      for (uint32_t i = 0; i < h.n_heads; ++i) {
        const uint64_t kv_head = i / (h.n_heads / h.n_kv_heads);
        Row ks, vs;
        for (uint64_t t = 0; t <= p; ++t) {
          ks.insert(ks.end(), &keys_[l][t][kv_head * d], &keys_[l][t][kv_head * d] + d);
          vs.insert(vs.end(), &values_[l][t][kv_head * d], &values_[l][t][kv_head * d] + d);
        }
        attention(&q[i * d], d, ks.data(), vs.data(), p + 1, h.attention_scale, &o[i * d]);
      }
      keep(trace, BN_OP_ATTENTION, l, o);
      const Row sub = norm(o, BN_SLOT_ATTN_SUB_NORM, l);
      keep(trace, BN_OP_ATTN_SUB_NORM, l, sub);
      const Row wo = linear(sub, BN_SLOT_ATTN_OUTPUT, l);
      keep(trace, BN_OP_ATTN_OUTPUT, l, wo);
      for (uint64_t i = 0; i < x.size(); ++i) x[i] = x[i] + wo[i];
      keep(trace, BN_OP_ATTN_RESIDUAL, l, x);

      const Row f = norm(x, BN_SLOT_FFN_NORM, l);
      keep(trace, BN_OP_FFN_NORM, l, f);
      const Row gate = linear(f, BN_SLOT_FFN_GATE, l), up = linear(f, BN_SLOT_FFN_UP, l);
      keep(trace, BN_OP_FFN_GATE, l, gate);
      keep(trace, BN_OP_FFN_UP, l, up);
      Row g(gate.size());
      for (uint64_t i = 0; i < g.size(); ++i) g[i] = activate(h.activation, gate[i], up[i]);
      keep(trace, BN_OP_FFN_ACTIVATION, l, g);
      const Row fs = norm(g, BN_SLOT_FFN_SUB_NORM, l);
      keep(trace, BN_OP_FFN_SUB_NORM, l, fs);
      const Row down = linear(fs, BN_SLOT_FFN_DOWN, l);
      keep(trace, BN_OP_FFN_DOWN, l, down);
      for (uint64_t i = 0; i < x.size(); ++i) x[i] = x[i] + down[i];
      keep(trace, BN_OP_FFN_RESIDUAL, l, x);
    }
    const Row last = norm(x, BN_SLOT_OUTPUT_NORM, 0);
    keep(trace, BN_OP_OUTPUT_NORM, 0, last);
    const bn_tensor& w =
        *m_.find(m_.shape.separate_output ? BN_SLOT_OUTPUT : BN_SLOT_TOKEN_EMBD, 0);
    Row logits(h.n_vocab);
    for (uint32_t r = 0; r < h.n_vocab; ++r) {
      logits[r] = head(w.type, m_.dense_bytes(w, r), last.data(), last.size());
    }
    keep(trace, BN_OP_LOGITS, 0, logits);
  }

  const SmallModel& m_;
  uint32_t kv_type_;
  Row cos_, sin_;
  std::vector<std::vector<Row>> keys_, values_;  // [layer][position]
};

}  // namespace reference

#endif

package io.github.bitnet4j.reference;

import static io.github.bitnet4j.ffi.ForwardOp.*;

import io.github.bitnet4j.ffi.KvType;
import io.github.bitnet4j.model.Hyperparameters;
import io.github.bitnet4j.model.RopeTables;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The forward pass, one token at a time, written to be read.
 *
 * <p>Source: native/ARITHMETIC.md, "Order of the forward pass". For one caller at a time.
 */
public final class ReferenceSession {
  private final ReferenceModel model;
  private final int contextLength;
  private final RopeTables rope;
  private final List<KvCache> kv = new ArrayList<>();
  private int position;

  /**
   * Starts an empty sequence.
   *
   * @param contextLength tokens it can hold
   * @param kvType how keys and values are rounded when stored
   */
  public ReferenceSession(ReferenceModel model, int contextLength, KvType kvType) {
    this.model = model;
    this.contextLength = contextLength;
    Hyperparameters h = model.hyperparameters();
    rope = RopeTables.compute(h, model.ropeFreqs(), contextLength, Arena.ofAuto());
    for (int layer = 0; layer < h.layers(); layer++) {
      kv.add(new KvCache(kvType, h.headDim()));
    }
  }

  /** Tokens in the sequence. */
  public int position() {
    return position;
  }

  /**
   * Appends a token and computes the logits that follow it.
   *
   * @return {@code [vocab]}
   * @throws IllegalArgumentException if the token is outside the vocabulary
   * @throws IllegalStateException if the context is full
   */
  public float[] decode(int token) {
    return decode(token, StepObserver.NONE);
  }

  /** As {@link #decode(int)}, showing the observer every step. */
  public float[] decode(int token, StepObserver observer) {
    Hyperparameters h = model.hyperparameters();
    if (token < 0 || token >= h.vocab()) {
      throw new IllegalArgumentException(
          "token %d is outside the vocabulary of %d".formatted(token, h.vocab()));
    }
    if (position == contextLength) {
      throw new IllegalStateException("the context of " + contextLength + " tokens is full");
    }
    // x is the residual stream, [embd].
    float[] x = observer.computed(EMBEDDING, 0, model.embedding().row(token));
    for (int layer = 0; layer < h.layers(); layer++) {
      x = attentionBlock(layer, x, observer);
      x = feedForwardBlock(layer, x, observer);
    }
    position++;
    float[] last =
        observer.computed(
            OUTPUT_NORM, 0, Ops.rmsNorm(x, model.outputNorm(), h.rmsEpsilon())); // [embd]
    return observer.computed(LOGITS, 0, model.head().multiply(last)); // [vocab]
  }

  /** {@code x + Wo · subNorm(attention(norm(x)))}, {@code [embd]} in and out. */
  private float[] attentionBlock(int layer, float[] x, StepObserver observer) {
    Hyperparameters h = model.hyperparameters();
    ReferenceModel.Layer w = model.layers().get(layer);

    float[] a = Ops.rmsNorm(x, w.attnNorm(), h.rmsEpsilon()); // [embd]
    Quantized a8 = Quantized.of(observer.computed(ATTN_NORM, layer, a));
    float[] q = observer.computed(Q, layer, w.q().multiply(a8)); // [heads][headDim]
    float[] k = observer.computed(K, layer, w.k().multiply(a8)); // [kvHeads][headDim]
    float[] v = observer.computed(V, layer, w.v().multiply(a8)); // [kvHeads][headDim]

    float[] cos = ropeRow(rope.cos()); // [headDim/2]
    float[] sin = ropeRow(rope.sin()); // [headDim/2]
    q = observer.computed(Q_ROPE, layer, Ops.rope(q, cos, sin));
    k = observer.computed(K_ROPE, layer, Ops.rope(k, cos, sin));

    kv.get(layer).append(k, v);
    float[] o = kv.get(layer).attend(q, h.attentionScale()); // [heads][headDim]
    o = observer.computed(ATTENTION, layer, o);
    o = Ops.rmsNorm(o, w.attnSubNorm(), h.rmsEpsilon());
    Quantized o8 = Quantized.of(observer.computed(ATTN_SUB_NORM, layer, o));
    float[] y = observer.computed(ATTN_OUTPUT, layer, w.attnOutput().multiply(o8)); // [embd]
    return observer.computed(ATTN_RESIDUAL, layer, Ops.add(x, y));
  }

  /** {@code x + Wd · subNorm(gate(Wg · norm(x), Wu · norm(x)))}, {@code [embd]} in and out. */
  private float[] feedForwardBlock(int layer, float[] x, StepObserver observer) {
    Hyperparameters h = model.hyperparameters();
    ReferenceModel.Layer w = model.layers().get(layer);

    float[] f = Ops.rmsNorm(x, w.ffnNorm(), h.rmsEpsilon()); // [embd]
    Quantized f8 = Quantized.of(observer.computed(FFN_NORM, layer, f));
    float[] gate = observer.computed(FFN_GATE, layer, w.ffnGate().multiply(f8)); // [ff]
    float[] up = observer.computed(FFN_UP, layer, w.ffnUp().multiply(f8)); // [ff]

    float[] m = Ops.gate(h.activation(), gate, up); // [ff]
    m = observer.computed(FFN_ACTIVATION, layer, m);
    m = Ops.rmsNorm(m, w.ffnSubNorm(), h.rmsEpsilon());
    Quantized m8 = Quantized.of(observer.computed(FFN_SUB_NORM, layer, m));
    float[] y = observer.computed(FFN_DOWN, layer, w.ffnDown().multiply(m8)); // [embd]
    return observer.computed(FFN_RESIDUAL, layer, Ops.add(x, y));
  }

  private float[] ropeRow(MemorySegment table) {
    int half = model.hyperparameters().headDim() / 2;
    float[] row = new float[half];
    long from = (long) position * half * Float.BYTES;
    MemorySegment.copy(table, ValueLayout.JAVA_FLOAT, from, row, 0, half);
    return row;
  }
}

package io.github.bitnet4j.model;

import io.github.bitnet4j.ffi.TensorEntry;
import io.github.bitnet4j.gguf.GgmlType;
import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.gguf.GgufFormatException;
import io.github.bitnet4j.gguf.GgufTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tensors a model needs, found in its file and checked against the shapes its hyperparameters
 * demand. Immutable; readable while the file is open.
 */
public final class TensorTable {
  private static final String ROPE_FREQS = "rope_freqs.weight";
  private static final ValueLayout.OfFloat FLOAT_LE =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);

  private record Place(TensorSlot slot, int layer) {}

  private final Map<Place, GgufTensor> tensors;
  private final WeightLayout layout;
  private final float[] ropeFreqs;

  private TensorTable(Map<Place, GgufTensor> tensors, WeightLayout layout, float[] ropeFreqs) {
    this.tensors = tensors;
    this.layout = layout;
    this.ropeFreqs = ropeFreqs;
  }

  /**
   * Finds the tensors.
   *
   * @throws GgufFormatException if one is missing, has the wrong type or shape, or is one that this
   *     architecture does not have: leaving it out would give wrong results
   */
  public static TensorTable match(GgufFile file, Hyperparameters h, WeightLayout layout)
      throws GgufFormatException {
    Map<Place, GgufTensor> found = new LinkedHashMap<>();
    Map<String, GgufTensor> unused = new HashMap<>();
    file.tensors().forEach(tensor -> unused.put(tensor.name(), tensor));
    for (TensorSlot slot : TensorSlot.values()) {
      int count = slot.perLayer() ? h.layers() : 1;
      for (int layer = 0; layer < count; layer++) {
        GgufTensor tensor = unused.remove(slot.tensorName(layer));
        if (tensor != null) {
          check(file, tensor, slot, h, layout);
          found.put(new Place(slot, layer), tensor);
        } else if (!slot.optional()) {
          throw file.missingTensor(slot.tensorName(layer));
        }
      }
    }
    GgufTensor freqs = unused.remove(ROPE_FREQS);
    float[] ropeFreqs = freqs == null ? new float[0] : readRopeFreqs(file, freqs, h);
    for (GgufTensor tensor : file.tensors()) {
      if (unused.containsKey(tensor.name())) {
        throw file.invalid(
            tensor,
            "name",
            "a %s model of %d layers has no such tensor, and ignoring it could change results"
                .formatted(h.architecture().key(), h.layers()));
      }
    }
    return new TensorTable(found, layout, ropeFreqs);
  }

  /** The tensor in a slot; empty only for an optional slot. Use layer 0 for slots without one. */
  public Optional<GgufTensor> tensor(TensorSlot slot, int layer) {
    return Optional.ofNullable(tensors.get(new Place(slot, layer)));
  }

  /** The head: the output tensor, or the token embedding when they are tied. */
  public GgufTensor head() {
    return tensor(TensorSlot.OUTPUT, 0).or(() -> tensor(TensorSlot.TOKEN_EMBD, 0)).orElseThrow();
  }

  /** Placement of the codes in the ternary tensors. */
  public WeightLayout layout() {
    return layout;
  }

  /** Divisors of the rotary angles, one per pair; empty for none. */
  public float[] ropeFreqs() {
    return ropeFreqs.clone();
  }

  /** The table as the native engine takes it. */
  List<TensorEntry> entries(Hyperparameters h) {
    return tensors.entrySet().stream().map(e -> entry(e.getKey(), e.getValue(), h)).toList();
  }

  private TensorEntry entry(Place place, GgufTensor tensor, Hyperparameters h) {
    boolean ternary = place.slot().kind() == TensorSlot.Kind.TERNARY;
    return new TensorEntry(
        place.slot().ordinal(),
        place.layer(),
        tensor.typeId(),
        ternary ? layout.code() : 0,
        tensor.part(),
        tensor.offset(),
        tensor.byteSize(),
        place.slot().rows(h),
        place.slot().cols(h));
  }

  private static void check(
      GgufFile file, GgufTensor tensor, TensorSlot slot, Hyperparameters h, WeightLayout layout)
      throws GgufFormatException {
    boolean ternary = slot.kind() == TensorSlot.Kind.TERNARY;
    if (!slot.kind().takes(tensor.type())) {
      throw file.invalid(
          tensor,
          "type",
          "is %s; this library takes %s here".formatted(tensor.typeName(), slot.kind().describe()));
    }
    long rows = slot.rows(h);
    long cols = slot.cols(h);
    requireShape(file, tensor, rows, cols);
    if (ternary && layout == WeightLayout.ROW_4 && rows % 4 != 0) {
      throw file.invalid(tensor, "ne[1]", "layout ROW_4 needs rows in fours, not " + rows);
    }
  }

  private static void requireShape(GgufFile file, GgufTensor tensor, long rows, long cols)
      throws GgufFormatException {
    long[] expected = {cols, rows, 1, 1};
    for (int i = 0; i < expected.length; i++) {
      if (tensor.dimension(i) != expected[i]) {
        throw file.invalid(
            tensor,
            "ne[" + i + "]",
            "is %d where the hyperparameters demand %d (shape %s, expected [%d, %d])"
                .formatted(tensor.dimension(i), expected[i], tensor.shape(), cols, rows));
      }
    }
  }

  private static float[] readRopeFreqs(GgufFile file, GgufTensor tensor, Hyperparameters h)
      throws GgufFormatException {
    if (tensor.type() != GgmlType.F32) {
      throw file.invalid(tensor, "type", "is %s; it must be F32".formatted(tensor.typeName()));
    }
    requireShape(file, tensor, 1, h.headDim() / 2);
    MemorySegment data = tensor.data();
    float[] factors = new float[h.headDim() / 2];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = data.get(FLOAT_LE, (long) i * Float.BYTES);
      if (!(factors[i] > 0 && factors[i] < Float.POSITIVE_INFINITY)) {
        throw file.invalid(
            tensor,
            "data",
            "factor %d must be finite and positive, not %s".formatted(i, factors[i]));
      }
    }
    return factors;
  }
}

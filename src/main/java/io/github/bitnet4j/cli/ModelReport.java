package io.github.bitnet4j.cli;

import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.gguf.GgufFormatException;
import io.github.bitnet4j.gguf.GgufTensor;
import io.github.bitnet4j.model.Hyperparameters;
import io.github.bitnet4j.model.TensorTable;
import io.github.bitnet4j.model.WeightLayout;
import io.github.bitnet4j.session.SessionOptions;
import io.github.bitnet4j.text.ChatTemplates;
import io.github.bitnet4j.text.Compatibility;
import io.github.bitnet4j.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What can be known of a model file without loading its weights.
 *
 * @param hyperparameters empty where the file's are not those of a model this library runs
 * @param tokenizer empty where the file has none that this library understands
 * @param memory empty where there are no hyperparameters
 * @param obstacles why the file cannot be run, one line each; empty when it can
 */
record ModelReport(
    GgufFile file,
    List<TypeTotal> types,
    Optional<Hyperparameters> hyperparameters,
    Optional<Tokenizer> tokenizer,
    Optional<ChatTemplates.Choice> template,
    Optional<MemoryPlan> memory,
    List<String> obstacles) {

  /** All tensors of one storage type. */
  record TypeTotal(String type, int tensors, long elements, long bytes) {
    TypeTotal plus(TypeTotal other) {
      return new TypeTotal(
          type, tensors + other.tensors, elements + other.elements, bytes + other.bytes);
    }
  }

  private interface Reader<T> {
    T read() throws GgufFormatException;
  }

  static ModelReport of(GgufFile file, Compatibility compatibility, SessionOptions session) {
    var obstacles = new ArrayList<String>();
    Optional<Hyperparameters> h =
        attempt(obstacles, () -> Hyperparameters.read(file, Optional.empty()));
    if (h.isPresent()) {
      attempt(obstacles, () -> TensorTable.match(file, h.get(), WeightLayout.BLOCK_128));
    }
    Optional<Tokenizer> tokenizer =
        attempt(obstacles, () -> Tokenizer.from(file.metadata(), compatibility));
    Optional<ChatTemplates.Choice> template =
        attempt(obstacles, () -> ChatTemplates.forModel(file.metadata(), compatibility));
    return new ModelReport(
        file,
        totals(file),
        h,
        tokenizer,
        template,
        h.map(numbers -> MemoryPlan.of(file, numbers, session)),
        List.copyOf(obstacles));
  }

  /** Number of elements in all tensors. */
  long parameters() {
    return types.stream().mapToLong(TypeTotal::elements).sum();
  }

  /** Bytes of all tensors, without what lies between them. */
  long tensorBytes() {
    return types.stream().mapToLong(TypeTotal::bytes).sum();
  }

  private static List<TypeTotal> totals(GgufFile file) {
    var totals = new TreeMap<String, TypeTotal>();
    for (GgufTensor tensor : file.tensors()) {
      var one = new TypeTotal(tensor.typeName(), 1, tensor.elementCount(), tensor.byteSize());
      totals.merge(one.type(), one, TypeTotal::plus);
    }
    return List.copyOf(totals.values());
  }

  private static <T> Optional<T> attempt(List<String> obstacles, Reader<T> reader) {
    try {
      return Optional.of(reader.read());
    } catch (GgufFormatException e) {
      obstacles.add(e.getMessage());
      return Optional.empty();
    }
  }
}

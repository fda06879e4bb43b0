package io.github.bitnet4j.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An open GGUF file: its metadata and its tensors, over the bytes as they lie in the file.
 *
 * <pre>{@code
 * try (GgufFile file = GgufFile.open(Path.of("model.gguf"))) {
 *   String architecture = file.metadata().requireString("general.architecture");
 *   for (GgufTensor tensor : file.tensors()) {
 *     System.out.println(tensor.name() + " " + tensor.typeName() + " " + tensor.shape());
 *   }
 * }
 * }</pre>
 *
 * <p>A split file ({@code name-00001-of-00003.gguf}) opens by any one of its parts and shows as
 * one: metadata of the first part, tensors of all parts in order.
 *
 * <p>Immutable and safe to share between threads. {@link #close} unmaps the file; every segment
 * obtained from it then throws {@link IllegalStateException} on access. The file must not be
 * shortened or overwritten while it is open.
 */
public final class GgufFile implements AutoCloseable {
  private final Optional<Arena> arena;
  private final int version;
  private final int alignment;
  private final GgufMetadata metadata;
  private final List<GgufPart> parts;
  private final Map<String, GgufTensor> tensors;

  private GgufFile(
      Optional<Arena> arena,
      GgufReader.Contents first,
      List<GgufPart> parts,
      Map<String, GgufTensor> tensors) {
    this.arena = arena;
    this.version = first.version();
    this.alignment = first.alignment();
    this.metadata = first.metadata();
    this.parts = List.copyOf(parts);
    this.tensors = Collections.unmodifiableMap(tensors);
  }

  /**
   * Maps and validates a file, or all parts of a split file given any one of them.
   *
   * @throws GgufFormatException when the content breaks the format
   * @throws NoSuchFileException when the file, or another part of a split file, does not exist
   * @throws IOException when it is no regular file or cannot be read
   */
  public static GgufFile open(Path path) throws IOException {
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try {
      GgufFile file = open(path, arena);
      opened = true;
      return file;
    } finally {
      if (!opened) {
        arena.close();
      }
    }
  }

  /**
   * Validates a whole file that is already in memory.
   *
   * @param bytes the file; the caller keeps it alive, and {@link #close} leaves it alone
   * @param name name for messages
   * @throws GgufFormatException when the content breaks the format, or is a part of a split file
   */
  public static GgufFile of(MemorySegment bytes, String name) throws GgufFormatException {
    MemorySegment segment = bytes.asReadOnly();
    GgufReader.Contents contents = GgufReader.read(name, segment, 0);
    if (Split.of(contents.metadata()).isPresent()) {
      throw contents
          .metadata()
          .invalid(Split.COUNT_KEY, "is a part of a split file, which opens by its path only");
    }
    var assembly = new Assembly();
    assembly.add(name, Optional.empty(), segment, contents);
    return assembly.file(Optional.empty(), contents);
  }

  /** Format version of the (first) file: 2 or 3. */
  public int version() {
    return version;
  }

  /** Alignment of tensor data in bytes, relative to the data section. */
  public int alignment() {
    return alignment;
  }

  /** The metadata; of the first part, for a split file. */
  public GgufMetadata metadata() {
    return metadata;
  }

  /** All tensors in file order. */
  public List<GgufTensor> tensors() {
    return List.copyOf(tensors.values());
  }

  /** The tensor of this name. */
  public Optional<GgufTensor> tensor(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /** The physical files, at least one. */
  public List<GgufPart> parts() {
    return parts;
  }

  /** Size in bytes of all parts together. */
  public long byteSize() {
    return parts.stream().mapToLong(part -> part.segment().byteSize()).sum();
  }

  /** The path as it was opened, or the name given to {@link #of}; of the first part when split. */
  public String name() {
    return parts.getFirst().name();
  }

  /**
   * The exception for a tensor that its reader cannot use, with the field's offset.
   *
   * @param tensor a tensor of this file
   * @param field the field of its entry that is wrong: {@code name}, {@code n_dims}, {@code ne[0]}
   *     to {@code ne[3]}, {@code type} or {@code offset}
   * @param problem what is wrong and what to do
   */
  public GgufFormatException invalid(GgufTensor tensor, String field, String problem) {
    List<GgufTensor> siblings =
        tensors.values().stream().filter(t -> t.part() == tensor.part()).toList();
    return GgufFormatException.of(
        parts.get(tensor.part()).name(),
        Cursor.path("tensor", siblings.indexOf(tensor), tensor.name()) + "." + field,
        TensorFields.offsetOf(tensor.infoOffset(), tensor.name(), tensor.shape().size(), field),
        problem);
  }

  /** The exception for a tensor that must be there and is not. */
  public GgufFormatException missingTensor(String name) {
    return GgufFormatException.of(
        name(), name, -1, "this tensor is required and missing; convert the model again");
  }

  /** Unmaps the file. Safe to call twice; nothing to do for {@link #of}. */
  @Override
  public void close() {
    arena.filter(a -> a.scope().isAlive()).ifPresent(Arena::close);
  }

  private static GgufFile open(Path path, Arena arena) throws IOException {
    MemorySegment segment = map(path, arena, "no such file; check the path");
    GgufReader.Contents contents = GgufReader.read(path.toString(), segment, 0);
    Optional<Split> split = Split.of(contents.metadata());
    var assembly = new Assembly();
    if (split.isEmpty()) {
      assembly.add(path.toString(), Optional.of(path), segment, contents);
      return assembly.file(Optional.of(arena), contents);
    }
    return openParts(path, arena, split.get(), contents.metadata());
  }

  private static GgufFile openParts(Path path, Arena arena, Split split, GgufMetadata metadata)
      throws IOException {
    SplitName name =
        SplitName.of(path)
            .filter(n -> n.count() == split.count())
            .orElseThrow(
                () ->
                    metadata.invalid(
                        Split.COUNT_KEY,
                        "says %d parts, so the name must end in -%05d-of-%05d.gguf; rename the file"
                            .formatted(split.count(), split.number() + 1, split.count())));
    var assembly = new Assembly();
    GgufReader.Contents first = null;
    for (int i = 0; i < split.count(); i++) {
      Path partPath = name.part(i);
      MemorySegment segment =
          map(
              partPath,
              arena,
              "part %d of %d is missing; put all parts of the split file in one folder"
                  .formatted(i + 1, split.count()));
      GgufReader.Contents contents = GgufReader.read(partPath.toString(), segment, i);
      Split.check(contents.metadata(), i, split.count());
      assembly.add(partPath.toString(), Optional.of(partPath), segment, contents);
      first = i == 0 ? contents : first;
    }
    Split.checkTensorCount(first.metadata(), assembly.tensors.size());
    return assembly.file(Optional.of(arena), first);
  }

  private static MemorySegment map(Path path, Arena arena, String whenMissing) throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(path, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(path.toString(), null, whenMissing);
    }
    if (attributes.isDirectory()) {
      throw new FileSystemException(
          path.toString(), null, "is a folder, not a GGUF file; name the file in it");
    }
    if (!attributes.isRegularFile()) {
      throw new FileSystemException(path.toString(), null, "is not a regular file");
    }
    try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (AccessDeniedException e) {
      throw new AccessDeniedException(
          path.toString(), null, "permission denied; make the file readable");
    }
  }

  /** Parts and tensors on their way to one view; names are unique across parts. */
  private static final class Assembly {
    final List<GgufPart> parts = new ArrayList<>();
    final Map<String, GgufTensor> tensors = new LinkedHashMap<>();

    void add(String name, Optional<Path> path, MemorySegment segment, GgufReader.Contents contents)
        throws GgufFormatException {
      parts.add(new GgufPart(name, path, segment, contents.dataOffset()));
      if (contents.tensors().size() > GgufReader.MAX_TENSORS - tensors.size()) {
        throw GgufFormatException.of(
            name,
            "n_tensors",
            8,
            "the parts hold more than %d tensors together".formatted(GgufReader.MAX_TENSORS));
      }
      for (int i = 0; i < contents.tensors().size(); i++) {
        GgufTensor tensor = contents.tensors().get(i);
        GgufTensor earlier = tensors.putIfAbsent(tensor.name(), tensor);
        if (earlier != null) {
          throw GgufFormatException.of(
              name,
              Cursor.path("tensor", i, tensor.name()) + ".name",
              tensor.infoOffset() + Long.BYTES,
              "is also in part %d; remove one of the two tensors".formatted(earlier.part() + 1));
        }
      }
    }

    GgufFile file(Optional<Arena> arena, GgufReader.Contents first) {
      return new GgufFile(arena, first, parts, tensors);
    }
  }
}

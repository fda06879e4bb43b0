package io.github.bitnet4j.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.bitnet4j.testing.MalformedFile;
import io.github.bitnet4j.testing.MalformedFiles;
import io.github.bitnet4j.testing.RandomModel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A malformed file gives the documented exception, whatever is wrong with it. */
class MalformedGgufTest {
  private static final long MEMORY_ALLOWANCE = 64_000_000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final byte[] valid =
      RandomModel.builder().layers(1).embd(128).ffn(128).heads(2).kvHeads(1).vocab(270).toBytes();

  @Test
  void theUnchangedFileIsRead() throws Exception {
    assertEquals(13, open(valid).tensors().size());
  }

  @Test
  void everyWrongFieldIsRefused() {
    assertEquals(List.of(), notRefused(MalformedFiles.wrongFields(valid), 1000));
  }

  @Test
  void everyTruncationIsRefused() {
    assertEquals(List.of(), notRefused(MalformedFiles.truncated(valid), 200));
  }

  @Test
  void everyTruncationOfAMappedFileIsRefused(@TempDir Path folder) throws IOException {
    var survivors = new ArrayList<String>();
    for (var file : MalformedFiles.truncated(valid).toList()) {
      Path path = Files.write(folder.resolve("cut.gguf"), file.bytes());
      try (var opened = GgufFile.open(path)) {
        survivors.add(file + " was read: " + opened.tensors().size() + " tensors");
      } catch (GgufFormatException e) {
        assertEquals(path.toString(), e.file());
      }
    }
    assertEquals(List.of(), survivors);
  }

  @Test
  void randomBitFlipsAreReadOrRefusedAndNothingElse() {
    var problems = new ArrayList<String>();
    int refused = 0;
    for (var file : MalformedFiles.flipped(valid, 42, 2000).toList()) {
      try {
        readEverything(open(file.bytes()));
      } catch (GgufFormatException e) {
        refused++;
        complaint(file, e).ifPresent(problems::add);
      } catch (Exception | Error e) {
        problems.add(file + ": " + e);
      }
    }
    assertEquals(List.of(), problems);
    assertTrue(refused > 500, "only " + refused + " of 2000 were refused");
  }

  @Test
  void noFileMakesOpeningItTakeMuchMoreMemoryThanItsSize() {
    var greedy =
        Stream.of(
                MalformedFiles.wrongFields(valid),
                MalformedFiles.truncated(valid),
                MalformedFiles.flipped(valid, 7, 500))
            .flatMap(files -> files)
            .filter(file -> bytesAllocated(file.bytes()) > file.bytes().length + MEMORY_ALLOWANCE)
            .map(MalformedFile::name)
            .toList();

    assertEquals(List.of(), greedy);
  }

  @Test
  void theMostEntriesAndTensorsAFileMayHoldFitTheMemoryAllowance() {
    var writer = new GgufWriter();
    MemorySegment none = MemorySegment.ofArray(new byte[4]);
    for (int i = 0; i < 65_536; i++) {
      writer.bool("k" + Integer.toString(i, 36), true);
      String name = "é".repeat(100) + Integer.toString(i, 36);
      writer.tensor(name, GgmlType.F32, List.of(1L, 1L, 1L, 1L), none);
    }
    byte[] full = writer.toBytes();

    long allocated = bytesAllocated(full);

    assertTrue(
        allocated <= full.length + MEMORY_ALLOWANCE,
        allocated + " bytes for a file of " + full.length);
  }

  @Test
  void anArrayOfAMillionStringsTakesNoMemoryUntilItIsRead() throws Exception {
    byte[] file = new GgufWriter().strings("s", Collections.nCopies(1_000_000, "")).toBytes();

    assertTrue(bytesAllocated(file) < 1_000_000, "opening decodes the strings");
    assertEquals(1_000_000, open(file).metadata().strings("s").orElseThrow().size());
  }

  private static List<String> notRefused(Stream<MalformedFile> files, int atLeast) {
    var problems = new ArrayList<String>();
    int count = 0;
    for (var file : files.toList()) {
      count++;
      try {
        open(file.bytes());
        problems.add(file + ": was read");
      } catch (GgufFormatException e) {
        complaint(file, e).ifPresent(problems::add);
      } catch (Exception | Error e) {
        problems.add(file + ": " + e);
      }
    }
    assertTrue(count >= atLeast, "only " + count + " files");
    return problems;
  }

  /** What is wrong with the exception, if anything. */
  private static Optional<String> complaint(MalformedFile file, GgufFormatException e) {
    boolean inFile = e.offset() >= 0 && e.offset() <= file.bytes().length;
    boolean oneLine = e.getMessage().lines().count() == 1;
    boolean complete =
        e.getMessage().startsWith("bad.gguf: " + e.field() + " at byte " + e.offset() + ": ");
    boolean rightField = file.field().isEmpty() || file.field().equals(e.field());
    boolean rightOffset = file.offset().isEmpty() || file.offset().getAsLong() == e.offset();
    return inFile && oneLine && complete && rightField && rightOffset
        ? Optional.empty()
        : Optional.of(file + ": " + e.getMessage());
  }

  private static void readEverything(GgufFile file) throws GgufFormatException {
    GgufMetadata metadata = file.metadata();
    for (var entry : metadata.entries()) {
      metadata.values(entry, Integer.MAX_VALUE);
    }
    for (GgufTensor tensor : file.tensors()) {
      tensor.data().get(ValueLayout.JAVA_BYTE, tensor.byteSize() - 1);
    }
  }

  private static long bytesAllocated(byte[] file) {
    MemorySegment segment = MemorySegment.ofArray(file);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      GgufFile.of(segment, "bad.gguf");
    } catch (GgufFormatException e) {
      // Refused or not, what counts here is the memory it took.
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  private static GgufFile open(byte[] bytes) throws GgufFormatException {
    return GgufFile.of(MemorySegment.ofArray(bytes), "bad.gguf");
  }
}

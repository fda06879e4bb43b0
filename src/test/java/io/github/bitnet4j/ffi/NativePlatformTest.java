package io.github.bitnet4j.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NativePlatformTest {

  @ParameterizedTest
  @CsvSource({
    "Linux,         amd64,   linux-x86_64,    libbitnet4j.so",
    "Linux,         aarch64, linux-aarch64,   libbitnet4j.so",
    "Mac OS X,      aarch64, macos-aarch64,   libbitnet4j.dylib",
    "Mac OS X,      x86_64,  macos-x86_64,    libbitnet4j.dylib",
    "Windows 11,    amd64,   windows-x86_64,  bitnet4j.dll",
    "Linux,         riscv64, linux-riscv64,   libbitnet4j.so",
  })
  void theJvmsNamesMapToTheFolderNamesInTheJar(
      String osName, String osArch, String folder, String file) {
    var platform = NativePlatform.of(osName, osArch);
    assertEquals(folder, platform.toString());
    assertEquals(file, platform.libraryFileName());
  }

  @Test
  void theBuildPacksTheLibraryOfThisMachineUnderTheNameTheLoaderLooksFor() {
    var platform = NativePlatform.current();
    var resource = "/io/github/bitnet4j/native/" + platform + "/" + platform.libraryFileName();
    assertNotNull(NativePlatform.class.getResource(resource), resource);
  }
}

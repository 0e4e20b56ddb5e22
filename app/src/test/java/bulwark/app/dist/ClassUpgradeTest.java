package bulwark.app.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ClassUpgradeTest {
    @Test
    void every_class_of_the_command_line_library_can_be_kept_in_a_start_up_cache() throws Exception {
        Path jar = Path.of(CommandLine.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (ZipFile library = new ZipFile(jar.toFile())) {
            ClassUpgrade upgrade = new ClassUpgrade(library);
            for (ZipEntry entry : library.stream().toList()) {
                byte[] content = bytes(library, entry);
                byte[] upgraded = upgrade.apply(content);
                assertThat(ClassUpgrade.isOld(upgraded)).as(entry.getName()).isFalse();
                if (ClassUpgrade.isOld(content)) {
                    assertThat(ClassFile.of().verify(upgraded))
                            .as(entry.getName())
                            .isEmpty();
                }
            }
        }
    }

    @Test
    void what_is_no_old_class_keeps_its_bytes() throws IOException {
        try (ZipFile none = new ZipFile(emptyZip().toFile())) {
            byte[] text = "text of a file".getBytes(java.nio.charset.StandardCharsets.UTF_8);
            assertThat(new ClassUpgrade(none).apply(text)).isSameAs(text);
        }
    }

    private static Path emptyZip() throws IOException {
        Path file = java.nio.file.Files.createTempFile("none", ".zip");
        try (var zip = new java.util.zip.ZipOutputStream(java.nio.file.Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("none"));
        }
        file.toFile().deleteOnExit();
        return file;
    }

    private static byte[] bytes(ZipFile jar, ZipEntry entry) throws IOException {
        try (var in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }
}

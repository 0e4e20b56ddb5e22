package bulwark.app.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.json.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class DistributionBuilderTest {
    @TempDir
    Path folder;

    @Test
    void the_same_content_gives_the_same_program_whatever_times_and_order_of_its_entries() throws IOException {
        build(folder.resolve("first"), Instant.parse("2026-05-01T10:00:00Z"), Comparator.naturalOrder());
        build(folder.resolve("second"), Instant.parse("2026-06-02T23:59:58Z"), Comparator.reverseOrder());

        for (String file : List.of("bulwark.jar", "native/libsqlitejdbc.so")) {
            assertThat(folder.resolve("second/out").resolve(file))
                    .hasSameBinaryContentAs(folder.resolve("first/out").resolve(file));
        }
    }

    @Test
    void the_bill_of_materials_names_every_jar_and_native_library_by_digest() throws IOException {
        build(folder, Instant.EPOCH);

        JsonNode bill = StrictJson.parse(Files.readAllBytes(folder.resolve("out/sbom.json")));
        Map<String, String> digests = new TreeMap<>();
        bill.path("components")
                .forEach(component -> digests.put(
                        component.path("name").stringValue(),
                        component.path("hashes").path(0).path("content").stringValue()));
        assertThat(bill.path("bomFormat").stringValue()).isEqualTo("CycloneDX");
        assertThat(digests)
                .containsEntry("library", DependencyChecksums.sha256(folder.resolve("library-1.2.jar")))
                .containsEntry(
                        "libsqlitejdbc.so", DependencyChecksums.sha256(folder.resolve("out/native/libsqlitejdbc.so")));
        assertThat(bill.path("metadata")
                        .path("component")
                        .path("hashes")
                        .path(0)
                        .path("content")
                        .stringValue())
                .isEqualTo(DependencyChecksums.sha256(folder.resolve("out/bulwark.jar")));
    }

    @Test
    void service_files_are_joined_and_signatures_left_out() throws IOException {
        build(folder, Instant.EPOCH);

        try (ZipFile program = new ZipFile(folder.resolve("out/bulwark.jar").toFile())) {
            assertThat(program.getEntry("META-INF/SIGNER.SF")).isNull();
            try (InputStream services = program.getInputStream(program.getEntry("META-INF/services/a.Service"))) {
                assertThat(new String(services.readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo("own.Provider\nlibrary.Provider\n");
            }
        }
    }

    @Test
    void a_library_that_is_not_listed_or_differs_is_named() throws IOException {
        build(folder, Instant.EPOCH);
        Path list = folder.resolve("dependencies.sha256");
        List<Component> components = components(folder);

        Files.writeString(list, "");
        assertThat(DependencyChecksums.read(list).checkLibraries(components))
                .singleElement()
                .asString()
                .contains("g/library/1.2/library-1.2.jar is not listed");

        Files.writeString(list, "0".repeat(64) + "  g/library/1.2/library-1.2.jar\n");
        assertThat(DependencyChecksums.read(list).checkLibraries(components))
                .singleElement()
                .asString()
                .contains("is not the file that dependencies.sha256 lists");

        Files.writeString(
                list,
                DependencyChecksums.sha256(folder.resolve("library-1.2.jar")) + "  g/library/1.2/library-1.2.jar\n");
        assertThat(DependencyChecksums.read(list).checkLibraries(components)).isEmpty();
    }

    @Test
    void an_exchanged_build_plugin_in_the_repository_is_named() throws IOException {
        Path plugin = folder.resolve("g/plugin/1/plugin-1.jar");
        Files.createDirectories(plugin.getParent());
        Files.writeString(plugin, "genuine");
        Path list = folder.resolve("dependencies.sha256");
        Files.writeString(list, DependencyChecksums.sha256(plugin) + "  g/plugin/1/plugin-1.jar\n");
        assertThat(DependencyChecksums.read(list).checkRepository(folder)).isEmpty();

        Files.writeString(plugin, "exchanged");
        assertThat(DependencyChecksums.read(list).checkRepository(folder)).hasSize(1);
    }

    @Test
    void a_damaged_list_is_refused() throws IOException {
        Path list = folder.resolve("dependencies.sha256");
        Files.writeString(list, "abc  g/library\n");
        assertThatThrownBy(() -> DependencyChecksums.read(list)).hasMessageContaining("not a SHA-256 and a path");
    }

    @Test
    void lines_of_the_dependency_list_are_read_with_and_without_a_classifier() {
        assertThat(Component.parse(Stream.of(
                        "The following files have been resolved:",
                        "   g.h:n:jar:1.0:compile:/r/n-1.0.jar -- module n",
                        "   g.h:n:jar:linux:1.0:runtime:/r/n-1.0-linux.jar")))
                .containsExactly(
                        new Component("g.h", "n", "1.0", null, Path.of("/r/n-1.0.jar")),
                        new Component("g.h", "n", "1.0", "linux", Path.of("/r/n-1.0-linux.jar")));
    }

    private static void build(Path folder, Instant entryTime) throws IOException {
        build(folder, entryTime, Comparator.naturalOrder());
    }

    private static void build(Path folder, Instant entryTime, Comparator<String> order) throws IOException {
        Files.createDirectories(folder);
        Path own = folder.resolve("app.jar");
        jar(
                own,
                entryTime,
                order,
                Map.of("META-INF/services/a.Service", "own.Provider", "own/Main.class", "main", "own/A.class", "a"));
        jar(
                folder.resolve("library-1.2.jar"),
                entryTime,
                order,
                Map.of(
                        "META-INF/services/a.Service",
                        "library.Provider",
                        "META-INF/SIGNER.SF",
                        "signature",
                        "org/sqlite/native/Linux/" + machine() + "/libsqlitejdbc.so",
                        "native"));
        DistributionBuilder.build(own, components(folder), "1", folder.resolve("out"));
    }

    private static List<Component> components(Path folder) {
        return List.of(new Component("g", "library", "1.2", null, folder.resolve("library-1.2.jar")));
    }

    private static String machine() {
        String machine = System.getProperty("os.arch");
        return machine.equals("amd64") ? "x86_64" : machine;
    }

    private static void jar(Path file, Instant time, Comparator<String> order, Map<String, String> content)
            throws IOException {
        Map<String, String> sorted = new TreeMap<>(order);
        sorted.putAll(content);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, String> entry : sorted.entrySet()) {
                ZipEntry zipEntry = new ZipEntry(entry.getKey());
                zipEntry.setLastModifiedTime(FileTime.from(time));
                out.putNextEntry(zipEntry);
                out.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
    }
}

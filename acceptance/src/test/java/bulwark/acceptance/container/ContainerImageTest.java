package bulwark.acceptance.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.doctor.bundle.BundleRefused;
import bulwark.doctor.bundle.PosturePolicy;
import bulwark.doctor.verify.PostureVerifier;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Signing;
import bulwark.testkit.RequiredProgram;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The bytes of the image: the same from two builds, few, and all of them named. */
@Timeout(1500)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ContainerImageTest {
    private static final long MAX_UNPACKED_BYTES = 115_000_000;

    private Path folder = Path.of("");

    private Path archive = Path.of("");
    private Path files = Path.of("");
    private String said = "";

    @BeforeAll
    void build(@TempDir Path temporary) throws Exception {
        folder = temporary;
        RequiredProgram.onThePath("jq");
        said = NodeImage.build(List.of());
        archive = NodeImage.archive();
        files = NodeImage.unpack(archive, folder.resolve("unpacked"));
    }

    @AfterAll
    void stop() throws Exception {
        Shell.bash(folder, Map.of(), Duration.ofMinutes(1), "chmod -R u+w .");
    }

    @Test
    @Order(1)
    void a_second_build_in_another_folder_gives_the_same_bytes_and_is_signed() throws Exception {
        Path second = folder.resolve("another/folder/stigmem-node.tar");
        Path keys = folder.resolve("keys");
        NodeImage.build(List.of("--output", second.toString(), "--sign", keys.toString()));
        assertThat(second).hasSameBinaryContentAs(archive);
        String digest = Files.readString(Path.of(second + ".digest")).strip();
        assertThat(digest).matches("sha256:[0-9a-f]{64}");
        assertThat(said).contains("digest   " + digest);

        PostureVerifier verifier = new PostureVerifier(
                PosturePolicy.parse(Files.readAllBytes(keys.resolve("policy"))), Signing.of(Signing.Provider.JDK));
        byte[] bundle = Files.readAllBytes(Path.of(second + ".sigstore.json"));
        assertThat(verifier.verify(bundle, Instant.now()).lines())
                .anyMatch(line -> line.endsWith(digest + "  stigmem-node manifest"))
                .anyMatch(line -> line.contains("3 hold, ") && line.contains("0 do not hold"));
        byte[] changed = new String(bundle, StandardCharsets.UTF_8)
                .replaceFirst("\"payload\":\"....", "\"payload\":\"AAAA")
                .getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> verifier.verify(changed, Instant.now())).isInstanceOf(BundleRefused.class);
    }

    @Test
    @Order(2)
    void the_image_is_small_and_has_no_shell() throws Exception {
        long bytes = 0;
        List<String> programs = new ArrayList<>();
        for (Map.Entry<String, Path> file : contents().entrySet()) {
            bytes += Files.size(file.getValue());
            if (Files.getPosixFilePermissions(file.getValue())
                    .contains(java.nio.file.attribute.PosixFilePermission.OTHERS_EXECUTE)) {
                programs.add(file.getKey());
            }
        }
        assertThat(bytes).isLessThan(MAX_UNPACKED_BYTES);
        assertThat(programs)
                .containsExactly(
                        "/lib64/ld-linux-x86-64.so.2",
                        "/opt/java/bin/java",
                        "/opt/java/lib/jspawnhelper",
                        "/usr/bin/id",
                        "/usr/bin/stigmem",
                        "/usr/bin/stigmem-node",
                        "/usr/bin/syscall-check",
                        "/usr/bin/touch");
    }

    @Test
    @Order(3)
    void the_bill_of_materials_names_every_file_with_its_digest_the_runtime_and_the_c_library() throws Exception {
        Path bill = files.resolve("opt/bulwark/sbom.json");
        Map<String, String> listed = new TreeMap<>();
        List<String> names = new ArrayList<>();
        StrictJson.parse(Files.readAllBytes(bill)).path("components").forEach(component -> {
            String name = component.path("name").stringValue("");
            names.add(component.path("type").stringValue("") + " " + name);
            if (component.path("type").stringValue("").equals("file") && name.startsWith("/")) {
                listed.put(
                        name, component.path("hashes").path(0).path("content").stringValue(""));
            }
        });
        Map<String, String> found = new TreeMap<>();
        contents().forEach((path, file) -> found.put(path, sha256(file)));
        found.remove("/opt/bulwark/sbom.json");
        assertThat(listed).isEqualTo(found);
        assertThat(names).contains("platform Java runtime", "library glibc", "library netty-handler", "library facts");
        assertThat(names)
                .as("parts that are not in the image")
                .doesNotContain("library tasks", "library gateway", "library seats", "library kms", "library jib-core");
    }

    private Map<String, Path> contents() throws IOException {
        Map<String, Path> contents = new TreeMap<>();
        try (Stream<Path> all = Files.walk(files)) {
            all.filter(Files::isRegularFile).forEach(file -> contents.put("/" + files.relativize(file), file));
        }
        return contents;
    }

    private static String sha256(Path file) {
        try {
            return Digests.sha256Hex(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

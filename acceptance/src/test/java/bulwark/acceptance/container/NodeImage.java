package bulwark.acceptance.container;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.RequiredProgram;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The image, made by the launcher as a user makes it. */
final class NodeImage {
    private static final Duration BUILD_TIMEOUT = Duration.ofMinutes(15);

    private NodeImage() {}

    /** @param options for instance {@code --output FILE} @return what the launcher printed */
    static String build(List<String> options) throws IOException, InterruptedException {
        RequiredProgram.onThePath("apt-get");
        List<String> command = new java.util.ArrayList<>(
                List.of(SharedMaterial.repository().resolve("bulwark").toString(), "image"));
        command.addAll(options);
        Shell.Outcome made = Shell.run(SharedMaterial.repository(), Map.of(), BUILD_TIMEOUT, command);
        assertThat(made.exitCode()).as("%s", made).isZero();
        return made.out();
    }

    /** Where {@link #build} leaves it without options; there it is made once for sources that did not change. */
    static Path archive() {
        return SharedMaterial.repository().resolve(".bulwark/image/stigmem-node.tar");
    }

    /** Unpacks an OCI archive, and its layers into {@code files}. */
    static Path unpack(Path archive, Path into) throws IOException, InterruptedException {
        Files.createDirectories(into);
        Shell.Outcome outcome = Shell.bash(into, Map.of(), Duration.ofMinutes(2), """
                set -euo pipefail
                tar -xf '%s'
                mkdir files
                manifest=$(jq -r '.manifests[0].digest' index.json)
                jq -r '.layers[].digest' "blobs/${manifest/://}" | while read -r layer; do tar -xzf "blobs/${layer/://}" -C files; done
                """.formatted(archive));
        assertThat(outcome.exitCode()).as("%s", outcome).isZero();
        return into.resolve("files");
    }
}

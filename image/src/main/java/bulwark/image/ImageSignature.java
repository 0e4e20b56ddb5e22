package bulwark.image;

import bulwark.doctor.bundle.PostureArchive;
import bulwark.doctor.bundle.PostureStatement;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Signs which image was made, as a visit of a doctor is signed: a Sigstore bundle around an in-toto statement whose subjects are the image's manifest and the archive, and whose tests are those of
 * {@link ImageInspection}. {@code bulwark verify} judges it, with the policy that lies beside the key.
 */
final class ImageSignature {
    private ImageSignature() {}

    /**
     * @param keys folder of the signer's key, made at the first use
     * @return the bundle's file, beside the archive
     */
    static Path write(Path archive, String digest, List<ImageInspection.Check> held, Path keys, Clock clock)
            throws IOException {
        Instant now = clock.instant();
        String hex = digest.substring(digest.indexOf(':') + 1);
        String archiveDigest = Digests.sha256Hex(Files.readAllBytes(archive));
        Map<String, String> subjects = new LinkedHashMap<>();
        subjects.put("stigmem-node manifest", hex);
        subjects.put("stigmem-node.tar", archiveDigest);
        List<String> ids = held.stream().map(check -> check.id).toList();
        Path into = Files.createTempDirectory(
                Objects.requireNonNull(archive.toAbsolutePath().getParent()), "signed");
        try (PostureArchive signer = PostureArchive.open(keys, clock)) {
            Path bundle = signer.write(
                    into,
                    report(digest, archiveDigest),
                    subjects,
                    new PostureStatement.Visited(
                            "stigmem-node:" + ImageBuilder.VERSION, hex.substring(0, 16), now, clock.instant()),
                    new PostureStatement.Verdicts(ids, List.of(), List.of(), List.of(), List.of(), List.of()),
                    null);
            Path signed = archive.resolveSibling(archive.getFileName() + ".sigstore.json");
            Files.move(bundle, signed, StandardCopyOption.REPLACE_EXISTING);
            return signed;
        } finally {
            remove(into);
        }
    }

    private static byte[] report(String digest, String archiveDigest) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("image", digest);
        report.put("archive", "sha256:" + archiveDigest);
        Map<String, String> checks = new LinkedHashMap<>();
        Arrays.stream(ImageInspection.Check.values()).forEach(check -> checks.put(check.id, check.title));
        report.put("checks", checks);
        return StrictJson.write(report);
    }

    private static void remove(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}

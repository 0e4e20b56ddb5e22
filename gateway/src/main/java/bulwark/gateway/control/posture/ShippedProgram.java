package bulwark.gateway.control.posture;

import bulwark.gateway.control.posture.Observation.Severity;
import bulwark.gateway.control.posture.Observation.Verdict;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The program's own file beside its bill of materials: CycloneDX, {@code sbom.json} in the same folder, as the build writes both. Files are read again once their time changes. Thread-safe.
 */
public final class ShippedProgram {
    private static final String CODE = "program_as_built";
    private static final String BILL = "sbom.json";
    private static final String NATIVES = "native";

    private final @Nullable Path program;
    private volatile @Nullable Seen seen;

    private record Seen(FileTime program, FileTime bill, Observation observation) {}

    /** @param program file that runs; null when the program does not run from one */
    public ShippedProgram(@Nullable Path program) {
        this.program = program;
    }

    /** That this class was loaded from. */
    public static ShippedProgram running() {
        try {
            Path place = Path.of(ShippedProgram.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return new ShippedProgram(Files.isRegularFile(place) ? place : null);
        } catch (java.net.URISyntaxException | RuntimeException e) {
            return new ShippedProgram(null);
        }
    }

    Observation observe() {
        Path file = program;
        Path bill = file == null ? null : file.resolveSibling(BILL);
        if (file == null || bill == null || !Files.isRegularFile(bill)) {
            return of(
                    Verdict.NOT_OBSERVED,
                    "The program does not run from a jar with its " + BILL + " beside it.",
                    Map.of());
        }
        try {
            FileTime programTime = Files.getLastModifiedTime(file);
            FileTime billTime = Files.getLastModifiedTime(bill);
            Seen last = seen;
            if (last == null || !last.program.equals(programTime) || !last.bill.equals(billTime)) {
                last = new Seen(programTime, billTime, compare(file, bill));
                seen = last;
            }
            return last.observation;
        } catch (IOException | StrictJson.JsonRefused e) {
            return of(
                    Verdict.FAIL,
                    "The bill of materials cannot be read beside the program; install both as they were built.",
                    Map.of("problem", String.valueOf(e.getMessage())));
        }
    }

    private static Observation compare(Path program, Path bill) throws IOException {
        JsonNode stated = StrictJson.parse(Files.readAllBytes(bill));
        List<String> differing = new ArrayList<>();
        if (!sha256(stated.path("metadata").path("component")).equals(digest(program))) {
            differing.add(String.valueOf(program.getFileName()));
        }
        int libraries = 0;
        for (JsonNode component : stated.path("components")) {
            if (component.path("type").asString("").equals("file")) {
                String name = component.path("name").asString("");
                Path file =
                        program.resolveSibling(NATIVES).resolve(Path.of(name).getFileName());
                if (!Files.isRegularFile(file) || !sha256(component).equals(digest(file))) {
                    differing.add(name);
                }
            } else if (!sha256(component).isEmpty()) {
                libraries++;
            }
        }
        Map<String, Object> evidence = new LinkedHashMap<>();
        evidence.put("program_sha256", digest(program));
        evidence.put("bill_sha256", digest(bill));
        evidence.put("libraries", libraries);
        if (!differing.isEmpty()) {
            evidence.put("differing", differing);
        }
        return differing.isEmpty()
                ? of(
                        Verdict.PASS,
                        "The program that runs is the one that its bill of materials names, by hash.",
                        evidence)
                : of(
                        Verdict.FAIL,
                        "The program that runs is not the one that its bill of materials names; install the build again.",
                        evidence);
    }

    private static String sha256(JsonNode component) {
        return component
                .path("hashes")
                .valueStream()
                .filter(hash -> hash.path("alg").asString("").equals("SHA-256"))
                .map(hash -> hash.path("content").asString(""))
                .findFirst()
                .orElse("");
    }

    private static String digest(Path file) throws IOException {
        MessageDigest digest = Digests.newSha256();
        try (InputStream content = new DigestInputStream(Files.newInputStream(file), digest)) {
            content.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static Observation of(Verdict verdict, String sentence, Map<String, Object> evidence) {
        return new Observation(CODE, verdict, Severity.HIGH, sentence, evidence);
    }
}

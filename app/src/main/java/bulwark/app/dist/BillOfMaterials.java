package bulwark.app.dist;

import bulwark.kernel.json.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What the program is made of, as CycloneDX 1.6 JSON: each jar that went into it and each native library beside it, with its SHA-256, and the SHA-256 of the
 * program itself. Holds no time and no random number, so the same build writes the same bytes.
 */
final class BillOfMaterials {
    private BillOfMaterials() {}

    /** @param program the jar that runs; natives files beside it that were taken out of the components */
    static byte[] of(String version, Path program, List<Component> components, List<Path> natives) throws IOException {
        String programDigest = DependencyChecksums.sha256(program);
        List<Map<String, Object>> listed = new ArrayList<>();
        for (Component component : components) {
            listed.add(library(component));
        }
        for (Path file : natives) {
            listed.add(file(file));
        }
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("type", "application");
        root.put("bom-ref", "bulwark");
        root.put("name", "bulwark");
        root.put("version", version);
        root.put("hashes", hashes(programDigest));
        Map<String, Object> bill = new LinkedHashMap<>();
        bill.put("bomFormat", "CycloneDX");
        bill.put("specVersion", "1.6");
        bill.put("serialNumber", "urn:uuid:" + UUID.nameUUIDFromBytes(programDigest.getBytes(StandardCharsets.UTF_8)));
        bill.put("version", 1);
        bill.put("metadata", Map.of("component", root));
        bill.put("components", listed);
        return (StrictJson.text(bill) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, Object> library(Component component) throws IOException {
        Map<String, Object> library = new LinkedHashMap<>();
        library.put("type", "library");
        library.put("bom-ref", component.packageUrl());
        library.put("group", component.group());
        library.put("name", component.name());
        library.put("version", component.version());
        library.put(
                "hashes",
                hashes(
                        component.own()
                                ? ModuleDigest.of(component.file())
                                : DependencyChecksums.sha256(component.file())));
        library.put("purl", component.packageUrl());
        return library;
    }

    private static Map<String, Object> file(Path file) throws IOException {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("type", "file");
        entry.put("bom-ref", "file:" + file.getFileName());
        entry.put("name", String.valueOf(file.getFileName()));
        entry.put("hashes", hashes(DependencyChecksums.sha256(file)));
        return entry;
    }

    private static List<Map<String, Object>> hashes(String sha256) {
        Map<String, Object> hash = new LinkedHashMap<>();
        hash.put("alg", "SHA-256");
        hash.put("content", sha256);
        return List.of(hash);
    }
}

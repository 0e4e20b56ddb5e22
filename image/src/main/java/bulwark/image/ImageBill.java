package bulwark.image;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * The bill of materials of the image, CycloneDX 1.6, inside of it: the components of the program, the runtime, the C library, and every file but the bill itself, with its SHA-256.
 */
final class ImageBill {
    static final String PATH = PartProgram.FOLDER + "/sbom.json";

    private ImageBill() {}

    /** Completes the bill of the program. @param release the file of the JDK that says which one it is */
    static void write(RootFolder root, CLibrary library, String release) throws IOException {
        JsonNode program = StrictJson.parse(Files.readAllBytes(root.at(PATH)));
        List<Object> components = new ArrayList<>();
        program.path("components").forEach(components::add);
        components.add(runtime(release, root));
        components.add(cLibrary(library, root));
        for (Map.Entry<String, Path> file : root.files().entrySet()) {
            if (!file.getKey().equals(PATH)) {
                components.add(file(file.getKey(), file.getValue()));
            }
        }
        String digest = Digests.sha256Hex(StrictJson.write(components));
        Map<String, Object> image = new LinkedHashMap<>();
        image.put("type", "container");
        image.put("bom-ref", "stigmem-node");
        image.put("name", "stigmem-node");
        image.put("version", ImageBuilder.VERSION);
        Map<String, Object> bill = new LinkedHashMap<>();
        bill.put("bomFormat", "CycloneDX");
        bill.put("specVersion", "1.6");
        bill.put("serialNumber", "urn:uuid:" + UUID.nameUUIDFromBytes(digest.getBytes(StandardCharsets.UTF_8)));
        bill.put("version", 1);
        bill.put("metadata", Map.of("component", image));
        bill.put("components", components);
        root.write(PATH, StrictJson.text(bill) + "\n", false);
    }

    private static Map<String, Object> runtime(String release, RootFolder root) throws IOException {
        Properties properties = new Properties();
        properties.load(new java.io.StringReader(release));
        Map<String, Object> runtime = new LinkedHashMap<>();
        runtime.put("type", "platform");
        runtime.put("bom-ref", "runtime");
        runtime.put("publisher", unquoted(properties, "IMPLEMENTOR"));
        runtime.put("name", "Java runtime");
        runtime.put("version", unquoted(properties, "JAVA_RUNTIME_VERSION"));
        runtime.put("hashes", hashes(root.at(RuntimeLink.HOME + "/lib/modules")));
        return runtime;
    }

    private static String unquoted(Properties properties, String name) {
        return properties.getProperty(name, "").replace("\"", "");
    }

    private static Map<String, Object> cLibrary(CLibrary library, RootFolder root) throws IOException {
        Map<String, Object> component = new LinkedHashMap<>();
        component.put("type", "library");
        component.put("bom-ref", library.packageUrl());
        component.put("name", "glibc");
        component.put("version", library.version());
        component.put("hashes", hashes(root.at("/lib/x86_64-linux-gnu/libc.so.6")));
        component.put("purl", library.packageUrl());
        return component;
    }

    private static Map<String, Object> file(String path, Path file) throws IOException {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("type", "file");
        entry.put("bom-ref", "file:" + path);
        entry.put("name", path);
        entry.put("hashes", hashes(file));
        return entry;
    }

    private static List<Map<String, String>> hashes(Path file) throws IOException {
        Map<String, String> hash = new LinkedHashMap<>();
        hash.put("alg", "SHA-256");
        hash.put("content", Digests.sha256Hex(Files.readAllBytes(file)));
        return List.of(hash);
    }
}

package bulwark.image;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import tools.jackson.databind.JsonNode;

/** A look at an archive as whoever loads it finds it: nothing is believed of what made it. Source of the form: OCI image layout 1.0. */
final class ImageInspection {
    /** What is asked of an image, and which of it holds. */
    enum Check {
        DIGESTS("IMAGE-DIGESTS-01", "every blob is what its digest says, and the manifest the one that was packed"),
        USER("IMAGE-USER-01", "it starts the node as uid and gid 65532"),
        BILL("IMAGE-BILL-01", "its bill of materials names every file with its SHA-256, and none besides");

        final String id;
        final String title;

        Check(String id, String title) {
            this.id = id;
            this.title = title;
        }
    }

    private final Map<String, byte[]> archive = new HashMap<>();
    private final Map<String, byte[]> files = new TreeMap<>();
    private final List<Check> held = new ArrayList<>();

    private ImageInspection(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            read(in, "", archive);
        }
    }

    /** @param digest of the manifest, as the packer said @return what holds */
    static List<Check> of(Path archive, String digest) throws IOException {
        ImageInspection image = new ImageInspection(archive);
        image.inspect(digest);
        return List.copyOf(image.held);
    }

    private void inspect(String digest) throws IOException {
        JsonNode index = StrictJson.parse(entry("index.json"));
        String manifestDigest = index.path("manifests").path(0).path("digest").stringValue("");
        JsonNode manifest = StrictJson.parse(blob(manifestDigest));
        JsonNode configuration = StrictJson.parse(
                        blob(manifest.path("config").path("digest").stringValue("")))
                .path("config");
        boolean intact =
                manifestDigest.equals(digest) && archive.entrySet().stream().allMatch(ImageInspection::isIntact);
        hold(Check.DIGESTS, intact);
        hold(
                Check.USER,
                configuration.path("User").stringValue("").equals(InsidePrograms.USER + ":" + InsidePrograms.USER)
                        && configuration
                                .path("Entrypoint")
                                .path(0)
                                .stringValue("")
                                .equals("/usr/bin/stigmem-node"));
        for (JsonNode layer : manifest.path("layers")) {
            read(
                    new GZIPInputStream(
                            new ByteArrayInputStream(blob(layer.path("digest").stringValue("")))),
                    "/",
                    files);
        }
        hold(Check.BILL, billIsComplete());
    }

    private void hold(Check check, boolean holds) {
        if (holds) {
            held.add(check);
        }
    }

    private static boolean isIntact(Map.Entry<String, byte[]> entry) {
        String prefix = "blobs/sha256/";
        return !entry.getKey().startsWith(prefix)
                || entry.getKey().substring(prefix.length()).equals(Digests.sha256Hex(entry.getValue()));
    }

    private boolean billIsComplete() {
        byte[] bill = files.get(ImageBill.PATH);
        if (bill == null) {
            return false;
        }
        Map<String, String> listed = new TreeMap<>();
        for (JsonNode component : StrictJson.parse(bill).path("components")) {
            String name = component.path("name").stringValue("");
            if (component.path("type").stringValue("").equals("file") && name.startsWith("/")) {
                listed.put(
                        name, component.path("hashes").path(0).path("content").stringValue(""));
            }
        }
        Map<String, String> found = new TreeMap<>();
        files.forEach((path, content) -> found.put(path, Digests.sha256Hex(content)));
        found.remove(ImageBill.PATH);
        return listed.equals(found);
    }

    private byte[] blob(String digest) throws IOException {
        return entry("blobs/" + digest.replace(':', '/'));
    }

    private byte[] entry(String name) throws IOException {
        byte[] content = archive.get(name);
        if (content == null) {
            throw new IOException("the archive has no " + name);
        }
        return content;
    }

    /** Regular files by their path. @param prefix of names that do not begin with a slash */
    private static void read(InputStream in, String prefix, Map<String, byte[]> into) throws IOException {
        TarArchiveInputStream tar = new TarArchiveInputStream(in);
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            if (entry.isFile()) {
                String name = entry.getName();
                into.put(name.startsWith("/") ? name : prefix + name, tar.readAllBytes());
            }
        }
    }
}

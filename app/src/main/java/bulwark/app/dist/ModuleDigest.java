package bulwark.app.dist;

import bulwark.kernel.signing.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * What the bill of materials says of a module of this project, whose jar is not shipped: SHA-256 of its entries as a jar without times and modes, in the order of their names. Maven's own jar keeps the modes
 * of whoever checked the sources out.
 */
final class ModuleDigest {
    private ModuleDigest() {}

    /** @return 64 hexadecimal digits */
    static String of(Path jar) throws IOException {
        MessageDigest sha = Digests.newSha256();
        try (ZipFile zip = new ZipFile(jar.toFile());
                ZipOutputStream out =
                        new ZipOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), sha))) {
            List<? extends ZipEntry> entries = zip.stream()
                    .filter(entry -> !entry.isDirectory())
                    .sorted(Comparator.comparing(ZipEntry::getName))
                    .toList();
            for (ZipEntry entry : entries) {
                ZipEntry plain = new ZipEntry(entry.getName());
                plain.setTimeLocal(DistributionBuilder.ENTRY_TIME);
                out.putNextEntry(plain);
                try (InputStream content = zip.getInputStream(entry)) {
                    content.transferTo(out);
                }
                out.closeEntry();
            }
        }
        return HexFormat.of().formatHex(sha.digest());
    }
}

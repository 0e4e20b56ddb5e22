package bulwark.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The C library of a Debian package, with its loader: what the JVM and the native libraries of the program are linked to, and no more of it.
 *
 * @param name of the package, for instance {@code libc6}
 * @param version of the package
 */
record CLibrary(String name, String version) {
    private static final String LOADER = "ld-linux-x86-64.so.2";
    private static final String FOLDER = "/lib/x86_64-linux-gnu/";
    private static final List<String> LIBRARIES =
            List.of("libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1");

    /** @param unpacked the package's files, and its file name in {@code package} */
    static CLibrary copy(Path unpacked, RootFolder root) throws IOException {
        Path libraries = unpacked.resolve(FOLDER.substring(1));
        root.copy(libraries.resolve(LOADER).toRealPath(), "/lib64/" + LOADER, true);
        for (String library : LIBRARIES) {
            root.copy(libraries.resolve(library).toRealPath(), FOLDER + library, false);
        }
        root.copy(unpacked.resolve("usr/share/doc/libc6/copyright"), "/usr/share/doc/libc6/copyright", false);
        String[] fields = Files.readString(unpacked.resolve("package")).strip().split("_", -1);
        return new CLibrary(fields[0], fields[1]);
    }

    String packageUrl() {
        return "pkg:deb/debian/" + name + "@" + version.replace("+", "%2B") + "?arch=amd64";
    }
}

package bulwark.app.stigmem.probe;

import bulwark.doctor.target.Enrolment;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.web.LocalAdminClient;
import bulwark.web.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The doctor's two keys of a node: one that reads facts, one that reads the audit log. The owner's socket gives them, once for each store; a key that stops working later is a find and no reason for
 * another one.
 */
record ReaderEnrolment(Path store, Enrolment enrolment) {
    static final String READ = "facts-read";
    static final String AUDIT = "facts-audit";
    static final String READER = "stigmem://doctor/reader";
    static final String AUDITOR = "stigmem://doctor/auditor";
    private static final String OF = "facts-store";

    void ensure() throws IOException {
        String identity = storeIdentity();
        if (enrolment.has(READ) && enrolment.has(AUDIT) && identity.equals(enrolledFor())) {
            return;
        }
        try (LocalAdminClient owner = LocalAdminClient.open(store, "node", () -> {
            throw new IllegalStateException("the fact node stopped while the doctor enrolled: start it and look again");
        })) {
            enrolment.keep(READ, key(owner, READER, "read"));
            enrolment.keep(AUDIT, key(owner, AUDITOR, "audit.read"));
        }
        OwnerOnlyFiles.write(enrolment.file(OF), identity.getBytes(StandardCharsets.UTF_8));
    }

    private static String key(LocalAdminClient owner, String entity, String permission) throws IOException {
        Response answer = owner.post(
                "/local/auth/observer-key",
                StrictJson.write(Map.of("entity_uri", entity, "permissions", List.of(permission))));
        if (answer.status() != 201) {
            throw new IOException("the node's owner socket gave no key: status " + answer.status() + " "
                    + new String(answer.body(), StandardCharsets.UTF_8));
        }
        return StrictJson.parse(answer.body()).path("key").asString("");
    }

    private @Nullable String enrolledFor() throws IOException {
        Path file = enrolment.file(OF);
        return Files.exists(file) ? Files.readString(file) : null;
    }

    /** Another store at the same place has keys of its own: when its folder was made tells them apart, and stays when a file is restored into it. */
    private String storeIdentity() throws IOException {
        Path folder = Objects.requireNonNull(store.toAbsolutePath().getParent());
        FileTime created =
                Files.readAttributes(folder, BasicFileAttributes.class).creationTime();
        return folder.toRealPath() + " " + created;
    }
}

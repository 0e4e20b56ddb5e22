package bulwark.app.stigmem;

import bulwark.app.rotate.CertificateRotation;
import bulwark.app.rotate.CertificateRotation.Leaf;
import bulwark.app.rotate.CertificateRotation.Listener;
import bulwark.app.up.EnvironmentFile;
import bulwark.app.up.Part;
import bulwark.app.up.PartList;
import bulwark.app.up.StateFolder;
import bulwark.facts.identity.KeyKind;
import bulwark.kernel.process.RunFile;
import bulwark.kernel.rotation.RotationKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The kinds of keys of a fact node under {@code up}. */
record NodeRotations(StateFolder state, Path folder, Clock clock) {
    List<RotationKind> all() {
        Path tls = folder.resolve("tls");
        Listener node = new Listener("the fact node", this::address);
        String entity = entity();
        return List.of(
                new CertificateRotation(
                        "node-certificate",
                        new Leaf(tls, FactsProvisioning.NODE, FactsProvisioning.node(entity)),
                        node,
                        clock),
                new AuthorityRotation(new AuthorityRotation.Certificates(tls, entity), node, this::notShowing, clock),
                new AdminKeyRotation(folder),
                new NodeKeyRotation(FactsPart.store(folder), KeyKind.NODE, clock),
                new NodeKeyRotation(FactsPart.store(folder), KeyKind.ISSUER, clock));
    }

    private Optional<URI> address() throws IOException {
        return RunFile.ofRunning(FactsPart.store(folder))
                .map(running -> running.ports().getOrDefault("port", 0))
                .filter(port -> port > 0)
                .map(port -> URI.create("https://localhost:" + port));
    }

    /** As the certificate names the node. */
    private String entity() {
        try {
            return Files.exists(EnvironmentFile.in(folder)) ? FactsProvisioning.entity(folder, 0) : "";
        } catch (IOException e) {
            throw new UncheckedIOException("the settings of the fact node cannot be read: " + e.getMessage(), e);
        }
    }

    private List<String> notShowing(Path certificate) throws IOException, InterruptedException {
        List<String> names = new ArrayList<>();
        for (Part part : PartList.all()) {
            names.addAll(part.notShowing(certificate, state));
        }
        return names;
    }
}

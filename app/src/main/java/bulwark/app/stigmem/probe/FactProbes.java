package bulwark.app.stigmem.probe;

import bulwark.doctor.host.ProcessPorts;
import bulwark.doctor.probe.PartProbes;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.target.Enrolment;
import bulwark.doctor.target.TargetPart;
import bulwark.doctor.target.TargetProcess;
import bulwark.kernel.process.RunFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What the fact node brings to the doctor. */
public final class FactProbes implements PartProbes {
    static final String NAME = "facts";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Probe> probes() {
        return List.of(
                new ClientCertificateProbe(),
                new ForeignAuthorityProbe(),
                new OldProtocolsProbe(),
                new PlaintextProbe(),
                new CertificateEntityProbe(),
                new CertificateDaysProbe(),
                new ServedCertificateProbe(),
                new AuthoritiesPinnedProbe(),
                new AuthorityKeyProbe(),
                new NoKeyRefusedProbe(),
                new ReaderRightsProbe(),
                new ForeignHostProbe(),
                new WriteQuotaProbe(),
                new AuditRowProbe(),
                new AuditKeyProbe(),
                new AuditClockProbe(),
                new AuditHeadProbe(),
                new LogAppendOnlyProbe(),
                new LogContinuesProbe(),
                new LogRecordsProbe(),
                new ManifestSignatureProbe(),
                new NodeKeyPinnedProbe(),
                new KeyAgesProbe(),
                new ManifestLoggedProbe(),
                new NodeHealthProbe(),
                new ResponseHeadersProbe(),
                new ChainProofProbe());
    }

    @Override
    public Optional<TargetPart> locate(Path state, Enrolment enrolment) throws IOException {
        Path folder = state.resolve(NAME);
        Path store = folder.resolve("stigmem.db");
        Optional<RunFile> running = RunFile.ofRunning(store);
        if (running.isEmpty()) {
            return Optional.empty();
        }
        int plain = running.get().ports().getOrDefault("plain_port", 0);
        int main = running.get().ports().getOrDefault("port", 0);
        Set<Integer> ports = new TreeSet<>(List.of(plain, main));
        ProcessPorts.check("fact node", running.get().pid(), ports);
        Path tls = folder.resolve("tls");
        Map<String, String> values = new LinkedHashMap<>();
        values.put("plain_url", "http://localhost:" + plain);
        values.put("tls_url", "https://localhost:" + main);
        values.put("socket", running.get().socket().toString());
        values.put("log", folder.resolve("stigmem_tl.jsonl").toString());
        values.put("owner_socket", running.get().socket().toString());
        values.put("certificate", tls.resolve("node.crt").toString());
        values.put("authority", tls.resolve("ca.crt").toString());
        values.put("authority_key", tls.resolve("ca.key").toString());
        values.put("client_certificate", tls.resolve("doctor.crt").toString());
        values.put("client_key", tls.resolve("doctor.key").toString());
        new ReaderEnrolment(store, enrolment).ensure();
        values.put("read_key_file", enrolment.file(ReaderEnrolment.READ).toString());
        values.put("audit_key_file", enrolment.file(ReaderEnrolment.AUDIT).toString());
        return Optional.of(new TargetPart(
                NAME,
                values,
                List.of(new TargetProcess("fact node", running.get().pid(), ports))));
    }
}

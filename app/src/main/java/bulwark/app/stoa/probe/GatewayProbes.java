package bulwark.app.stoa.probe;

import bulwark.doctor.probe.PartProbes;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.target.Enrolment;
import bulwark.doctor.target.TargetPart;
import bulwark.doctor.target.TargetProcess;
import bulwark.gateway.GatewaySettings;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.process.PidFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the gateway brings to the doctor.
 *
 * @param clock of the tokens that the doctor is given
 */
public record GatewayProbes(Clock clock) implements PartProbes {
    static final String NAME = "gateway";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Probe> probes() {
        return List.of(
                new GatewayOldProtocolsProbe(),
                new GatewayWeakSuitesProbe(),
                new GatewayCertificateNameProbe(),
                new GatewayCertificateDaysProbe(),
                new GatewayServedCertificateProbe(),
                new GatewayPlaintextProbe(),
                new GatewayStrictTransportProbe(),
                new GatewayRedirectProbe(),
                new GatewayHeadersProbe(),
                new GatewayOtherHeadersProbe(),
                new GatewaySilenceProbe(),
                new GatewayNoCredentialProbe(),
                new GatewayForgedTokenProbe(),
                new GatewayTokenLimitsProbe(),
                new GatewayTokenLifetimeProbe(),
                new GatewayRolesProbe(),
                new GatewayMetadataProbe(),
                new GatewayTenantProbe(),
                new GatewayGuessedKeyProbe(),
                new GatewaySpoofedCertificateProbe(),
                new GatewayDecisionRecordProbe(),
                new GatewayEvidenceProvesProbe(),
                new GatewayLogContinuesProbe(),
                new GatewayRoutesSignedProbe(),
                new GatewayAddressGuardProbe(),
                new GatewayDisguisedAddressProbe(),
                new GatewayAdminHiddenProbe(),
                new GatewayAdminClosedProbe(),
                new GatewayAdminPagesProbe(),
                new GatewayAdminTokenProbe(),
                new GatewaySecretAgesProbe(),
                new GatewaySecretsByReferenceProbe(),
                new GatewayQuotaProbe(),
                new GatewayForeignOriginProbe(),
                new GatewayAmbiguousPathProbe(),
                new GatewaySmuggledRequestProbe(),
                new GatewaySizeLimitsProbe(),
                new GatewayMethodsProbe(),
                new GatewayTraceProbe(),
                new GatewayHealthProbe(),
                new ControlPlaneHeadersProbe(),
                new ControlPlaneClosedProbe(),
                new ControlPlaneRolesProbe(),
                new ControlPlaneTenantsProbe());
    }

    @Override
    public Optional<TargetPart> locate(Path state, Enrolment enrolment) throws IOException {
        Path folder = state.resolve(NAME);
        Configuration settings = Configuration.readLenient(GatewaySettings.schema(), Map.of(), folder);
        Path own = folder.resolve(settings.text("STOA_STATE_DIR"));
        if (!(PidFile.inspect(own.resolve(NAME + ".pid")) instanceof PidFile.State.Running running)) {
            return Optional.empty();
        }
        int plain = settings.port("STOA_PORT");
        int admin = settings.port("STOA_ADMIN_PORT");
        int tls = settings.port("STOA_TLS__PORT");
        Map<String, String> values = new LinkedHashMap<>();
        values.put("tls_url", "https://localhost:" + tls);
        values.put("plain_url", "http://localhost:" + plain);
        values.put("admin_url", "http://localhost:" + (admin == 0 ? plain : admin));
        values.put("external_url", settings.text("STOA_GATEWAY_EXTERNAL_URL"));
        values.put("path", "/facts/healthz");
        values.put("authority", folder.resolve("tls/ca.crt").toString());
        values.put(
                "certificate",
                folder.resolve(settings.text("STOA_TLS__CERT_FILE")).toString());
        values.put("settings_folder", folder.toString());
        values.put("state_folder", own.toString());
        values.put("admin_token_file", folder.resolve("admin-token").toString());
        values.putAll(new GatewayEnrolment(own, settings, enrolment, clock).ensure());
        Set<Integer> ports = admin == 0 ? Set.of(plain, tls) : Set.of(plain, tls, admin);
        return Optional.of(new TargetPart(NAME, values, List.of(new TargetProcess(NAME, running.pid(), ports))));
    }
}

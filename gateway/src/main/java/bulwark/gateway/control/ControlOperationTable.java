package bulwark.gateway.control;

import bulwark.gateway.control.account.RoleResource;
import bulwark.gateway.control.account.ServiceAccountResource;
import bulwark.gateway.control.api.ApiDocumentResource;
import bulwark.gateway.control.api.ApiResource;
import bulwark.gateway.control.api.EnvironmentResource;
import bulwark.gateway.control.application.ApplicationResource;
import bulwark.gateway.control.application.KeycloakClients;
import bulwark.gateway.control.application.TenantProvisionResource;
import bulwark.gateway.control.audit.AuditResource;
import bulwark.gateway.control.audit.AuditSummaryResource;
import bulwark.gateway.control.audit.PersonalDataResource;
import bulwark.gateway.control.authority.AuthorityResource;
import bulwark.gateway.control.authority.ConsumerCertificateResource;
import bulwark.gateway.control.consumer.ConsumerCredentialResource;
import bulwark.gateway.control.consumer.ConsumerResource;
import bulwark.gateway.control.instance.GatewayLinkResource;
import bulwark.gateway.control.instance.GatewayResource;
import bulwark.gateway.control.instance.GatewayStatus;
import bulwark.gateway.control.instance.GatewaySync;
import bulwark.gateway.control.plan.PlanResource;
import bulwark.gateway.control.policy.PolicyResource;
import bulwark.gateway.control.posture.PostureResource;
import bulwark.gateway.control.quota.SubscriptionQuotaResource;
import bulwark.gateway.control.rest.ControlApiDocument;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.rest.OperationTable;
import bulwark.gateway.control.revocation.RevocationResource;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.snapshot.SnapshotFeed;
import bulwark.gateway.control.snapshot.SnapshotSigner;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.subscription.SubscriptionResource;
import bulwark.gateway.control.tenant.TenantResource;
import bulwark.gateway.control.tool.ToolPermissionResource;
import bulwark.gateway.control.transfer.TenantTransferResource;
import bulwark.gateway.control.webhook.WebhookResource;
import bulwark.gateway.identity.TokenRevocationList;
import bulwark.gateway.route.RouteGuard;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.signing.Signing;
import bulwark.web.Response;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Puts every resource of the control plane into the one table. */
final class ControlOperationTable {
    private static final String VERSION = "0.1.0";
    private static final BodySchema OPEN_API = BodySchema.of("OpenApi")
            .text("openapi", 10)
            .anyObject("info")
            .text("jsonSchemaDialect", 100)
            .anyObject("paths")
            .anyObject("components");

    private ControlOperationTable() {}

    /** What the resources work on. */
    record Subject(
            ControlStore store,
            SnapshotFeed feed,
            SnapshotSigner signer,
            GatewayStatus status,
            TokenRevocationList revocations,
            AddressGuard guard,
            Signing signing,
            Path stateFolder,
            PostureResource.Process process,
            @Nullable KeycloakClients clients) {}

    static OperationTable of(Subject with) {
        List<ControlOperation> all = new ArrayList<>();
        all.addAll(new TenantResource(
                        with.store,
                        group -> KeycloakClients.configured(with.clients).removeGroup(group))
                .operations());
        all.addAll(new TenantProvisionResource(with.store, with.clients).operations());
        all.addAll(new ApiResource(with.store, new RouteGuard(with.guard)).operations());
        all.addAll(new EnvironmentResource(with.store).operations());
        all.addAll(new ApiDocumentResource(with.store).operations());
        all.addAll(new PlanResource(with.store).operations());
        all.addAll(new ConsumerResource(with.store, with.signing).operations());
        all.addAll(new ConsumerCredentialResource(with.store).operations());
        all.addAll(new ConsumerCertificateResource(with.store).operations());
        SubscriptionResource subscriptions = new SubscriptionResource(with.store, with.signing);
        all.addAll(subscriptions.operations());
        all.addAll(new ApplicationResource(with.store, subscriptions, with.clients, with.signing).operations());
        all.addAll(new PolicyResource(with.store).operations());
        all.addAll(new ToolPermissionResource(with.store).operations());
        all.addAll(new WebhookResource(with.store, with.guard, with.stateFolder, with.signing).operations());
        all.addAll(new TenantTransferResource(with.store, new RouteGuard(with.guard)).operations());
        all.addAll(new RoleResource().operations());
        all.addAll(new ServiceAccountResource(with.store, with.signing).operations());
        all.addAll(new RevocationResource(with.store, with.revocations).operations());
        all.addAll(new AuthorityResource(with.store, with.stateFolder, with.store.clock()).operations());
        all.addAll(new AuditResource(with.store).operations());
        all.addAll(new AuditSummaryResource(with.store).operations());
        all.addAll(new PersonalDataResource(with.store, with.signing).operations());
        GatewaySync sync = new GatewaySync(with.store, with.feed, with.status);
        all.addAll(
                new GatewayResource(with.store, with.feed, with.signer, with.status, sync, with.signing).operations());
        all.addAll(new SubscriptionQuotaResource(with.store, with.status).operations());
        all.addAll(new PostureResource(with.store, sync, with.process).operations());
        all.addAll(new GatewayLinkResource(with.store, with.feed, with.status).operations());
        AtomicReference<Response> document = new AtomicReference<>(Response.noContent());
        all.add(ControlOperation.open("GET", "/openapi.json", "Show this document.")
                .answers(200, OPEN_API)
                .handledBy(call -> Objects.requireNonNull(document.get())));
        OperationTable table = new OperationTable(all);
        document.set(Response.json(200, ControlApiDocument.of(table, VERSION)));
        return table;
    }
}

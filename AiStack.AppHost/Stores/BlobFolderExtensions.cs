using AiStack.AppHost.Run;
using AiStack.AppHost.Supervision;

namespace AiStack.AppHost.Stores;

internal static class BlobFolderExtensions
{
    /// <summary>Adds blob storage in a folder, which is made if it is not there.</summary>
    public static IResourceBuilder<BlobFolderResource> AddBlobFolder(
        this IDistributedApplicationBuilder builder, string name, string path)
    {
        PrivateFolder.Make(path);
        return builder.AddResource(new BlobFolderResource(name, path))
            .WithIconName("Folder")
            .WithInitialState(new CustomResourceSnapshot
            {
                ResourceType = "Folder",
                Properties = [new(CustomResourceKnownProperties.Source, path)],
                State = KnownResourceStates.NotStarted,
            })
            .WithPatientHealthCheck(_ => Task.FromResult(Directory.Exists(path) ? null : $"{path} is gone."))
            .OnInitializeResource(async (resource, initialize, cancellationToken) =>
            {
                await initialize.Eventing.PublishAsync(
                    new ConnectionStringAvailableEvent(resource, initialize.Services), cancellationToken);
                await initialize.Eventing.PublishAsync(
                    new BeforeResourceStartedEvent(resource, initialize.Services), cancellationToken);
                await initialize.Notifications.PublishUpdateAsync(
                    resource, snapshot => snapshot with { State = KnownResourceStates.Running });
            });
    }
}

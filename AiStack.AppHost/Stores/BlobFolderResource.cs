namespace AiStack.AppHost.Stores;

/// <summary>Blob storage that is a folder of this machine; services get it as <c>file:///path</c>.</summary>
internal sealed class BlobFolderResource(string name, string path)
    : Resource(name), IResourceWithConnectionString, IResourceWithWaitSupport
{
    public string Path => path;

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{new Uri(path).AbsoluteUri}");
}

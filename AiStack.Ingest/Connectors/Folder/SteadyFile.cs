namespace AiStack.Ingest.Connectors.Folder;

/// <summary>
/// A file as it was listed: whoever reads it to its end has read that version. When it changed before or meanwhile,
/// reading fails, and the next run reads it.
/// </summary>
internal sealed class SteadyFile : Stream
{
    private readonly string _path;
    private readonly string _version;
    private readonly FileStream _file;

    /// <exception cref="SourceItemException">It changed since it was listed.</exception>
    public SteadyFile(FileInfo file, string version)
    {
        (_path, _version) = (file.FullName, version);
        Check();
        if (file.Length == 0)
        {
            // So are pipes, which would be waited for.
            throw new SourceItemException("The file is empty.");
        }

        _file = new(file.FullName, new FileStreamOptions
        {
            Mode = FileMode.Open,
            Access = FileAccess.Read,
            Share = FileShare.ReadWrite | FileShare.Delete,
            Options = FileOptions.SequentialScan | FileOptions.Asynchronous,
            BufferSize = 0,
        });
        // A folder on the way to it may have become a link meanwhile. Where there is no /proc, nobody can tell.
        var opened = new FileInfo($"/proc/self/fd/{_file.SafeFileHandle.DangerousGetHandle()}").LinkTarget;
        if (opened is not null && opened != _path)
        {
            _file.Dispose();
            throw new SourceItemException("The file changed while it was opened; the next run reads it.");
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _file.ReadAsync(buffer, cancellationToken);
        if (read == 0 && buffer.Length > 0)
        {
            Check();
        }

        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = _file.Read(buffer, offset, count);
        if (read == 0 && count > 0)
        {
            Check();
        }

        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Check()
    {
        var now = new FileInfo(_path);
        if (!now.Exists || FolderConnector.Version(now) != _version)
        {
            throw new SourceItemException("The file changed while it was read; the next run reads it.");
        }
    }
}

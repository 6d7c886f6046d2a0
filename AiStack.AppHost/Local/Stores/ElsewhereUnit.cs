namespace AiStack.AppHost.Local.Stores;

/// <summary>A store whose connection string was given: it runs elsewhere, and is not ours to start or stop.</summary>
internal sealed class ElsewhereUnit(string name) : Unit(name)
{
    public override UnitState State => UnitState.Running;

    public override IReadOnlyList<string> Commands { get; } = [];

    public override Task<bool> StartAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    public override Task StopAsync() => Task.CompletedTask;
}

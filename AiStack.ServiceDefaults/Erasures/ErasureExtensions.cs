using AiStack.Contracts.Work;
using AiStack.ServiceDefaults.Work;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace AiStack.ServiceDefaults.Erasures;

public static class ErasureExtensions
{
    /// <summary>Has the service take its turn in erasures.</summary>
    public static void AddErasureTurn<THandler>(this IHostApplicationBuilder builder)
        where THandler : class, IWorkHandler<EraseStep>
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<ErasureSecrets>();
        builder.AddWorkHandler<EraseStep, THandler>();
    }
}

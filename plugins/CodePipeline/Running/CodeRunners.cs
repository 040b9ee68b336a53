using Agents.Plugins.CodePipeline.CSharp;
using Agents.Plugins.CodePipeline.Mini;
using Agents.Plugins.CodePipeline.Python;
using Agents.Plugins.CodePipeline.Sandboxing;

namespace Agents.Plugins.CodePipeline.Running;

/// <summary>The runners of a pipeline, one per language.</summary>
/// <param name="runners">The runners; of two for one language the first counts.</param>
public sealed class CodeRunners(IReadOnlyList<ICodeRunner> runners) : IAsyncDisposable
{
    /// <summary>Creates the runners that ship with the plugin.</summary>
    public static CodeRunners CreateDefault()
    {
        var sandbox = new Sandbox();
        return new CodeRunners([new MiniRunner(), new PythonRunner(sandbox), new CSharpRunner(sandbox)]);
    }

    /// <summary>Returns the runner of a language, checked.</summary>
    /// <param name="language">A language; not <see cref="CodeLanguage.Auto"/>.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <exception cref="CodePipelineException">There is none, or it cannot run here.</exception>
    public async ValueTask<ICodeRunner> RequireAsync(CodeLanguage language, CancellationToken cancellationToken = default)
    {
        ICodeRunner runner = runners.FirstOrDefault(runner => runner.Language == language)
            ?? throw new CodePipelineException($"There is no runner for {Languages.NameOf(language)}. Set \"language\", or use a flow that runs nothing (basic, ac, act).");
        await runner.RequireAsync(cancellationToken).ConfigureAwait(false);
        return runner;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (ICodeRunner runner in runners)
        {
            if (runner is IAsyncDisposable disposable)
            {
                await disposable.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}

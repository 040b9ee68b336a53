namespace Agents.Plugins.CodePipeline.Running;

/// <summary>The runners of a pipeline, one per language.</summary>
/// <param name="runners">The runners; of two for one language the first counts.</param>
public sealed class CodeRunners(IReadOnlyList<ICodeRunner> runners) : IAsyncDisposable
{
    /// <summary>Creates the runners that ship with the plugin.</summary>
    public static CodeRunners CreateDefault() => new([]);

    /// <summary>Returns the runner of a language, checked.</summary>
    /// <param name="language">A language; not <see cref="CodeLanguage.Auto"/>.</param>
    /// <exception cref="CodePipelineException">There is none, or it cannot run here.</exception>
    public ICodeRunner Require(CodeLanguage language)
    {
        ICodeRunner runner = runners.FirstOrDefault(runner => runner.Language == language)
            ?? throw new CodePipelineException($"There is no runner for {Languages.NameOf(language)}. Set \"language\", or use a flow that runs nothing (basic, ac, act).");
        runner.Require();
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

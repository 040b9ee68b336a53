using System.Runtime.CompilerServices;

namespace Agents.Strategies;

/// <summary>Collects what is wrong with a strategy's settings, so that one error lists all of it. Sentences of rules that hold are never written.</summary>
/// <param name="strategy">Id of the strategy, for the message.</param>
public sealed class SettingRules(string strategy)
{
    private List<string>? _broken;

    /// <summary>Adds a rule.</summary>
    /// <param name="holds">Whether it holds.</param>
    /// <param name="sentence">What is wrong where it does not.</param>
    public SettingRules Require(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref RuleSentence sentence) => holds ? this : Add(sentence.ToStringAndClear());

    /// <summary>Adds a rule.</summary>
    /// <param name="holds">Whether it holds.</param>
    /// <param name="sentence">What is wrong where it does not.</param>
    public SettingRules Require(bool holds, string sentence) => holds ? this : Add(sentence);

    /// <summary>Throws when a rule does not hold.</summary>
    /// <exception cref="ArgumentException">Lists all that do not.</exception>
    public void ThrowIfBroken()
    {
        if (_broken is not null)
        {
            throw StrategySettings.Broken(strategy, string.Join("; ", _broken), []);
        }
    }

    private SettingRules Add(string sentence)
    {
        (_broken ??= []).Add(sentence);
        return this;
    }
}

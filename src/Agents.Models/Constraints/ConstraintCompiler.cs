using Agents.Models.Constraints.Automata;
using Agents.Models.Constraints.Grammars;
using Agents.Models.Constraints.Json;
using Agents.Models.Constraints.Regex;

namespace Agents.Models.Constraints;

/// <summary>
/// Compiles constraints for one tokenizer and keeps the latest, so that requests with the same schema share their masks. Safe for concurrent calls.
/// </summary>
public sealed class ConstraintCompiler
{
    private const int Kept = 8;

    private readonly ITokenizer _tokenizer;
    private readonly Lazy<TokenTree> _tree;
    private readonly LinkedList<(OutputConstraint Constraint, CompiledConstraint Compiled)> _latest = [];
    private readonly Lock _gate = new();

    /// <summary>Creates a compiler; the vocabulary is read with the first constraint.</summary>
    /// <param name="tokenizer">Tokenizer of the model.</param>
    /// <param name="isText">Whether a token may be part of a text; null for all but control tokens, which never are.</param>
    public ConstraintCompiler(ITokenizer tokenizer, Func<int, bool>? isText = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        _tree = new Lazy<TokenTree>(() => new TokenTree(tokenizer, isText));
    }

    /// <summary>Compiles a constraint, or finds it among the latest.</summary>
    /// <param name="constraint">The constraint.</param>
    /// <exception cref="ConstraintException">It is damaged, unsatisfiable, too large, or uses something that is not supported; the message names the place.</exception>
    public CompiledConstraint Compile(OutputConstraint constraint)
    {
        ArgumentNullException.ThrowIfNull(constraint);
        lock (_gate)
        {
            for (LinkedListNode<(OutputConstraint Constraint, CompiledConstraint Compiled)>? node = _latest.First; node is not null; node = node.Next)
            {
                if (node.Value.Constraint == constraint)
                {
                    _latest.Remove(node);
                    _latest.AddFirst(node);
                    return node.Value.Compiled;
                }
            }
        }

        CompiledConstraint compiled = new(GrammarOf(constraint), _tokenizer, _tree.Value, constraint.FinishesInTime);
        lock (_gate)
        {
            _latest.AddFirst((constraint, compiled));
            if (_latest.Count > Kept)
            {
                _latest.RemoveLast();
            }
        }

        return compiled;
    }

    private static Grammar GrammarOf(OutputConstraint constraint) => constraint.Kind switch
    {
        OutputConstraintKind.Json => JsonSchemaCompiler.Compile("true"),
        OutputConstraintKind.JsonSchema => JsonSchemaCompiler.Compile(constraint.Text),
        OutputConstraintKind.Alternatives => AlternativesCompiler.Compile(constraint.Text),
        OutputConstraintKind.Regex => RegexCompiler.Compile(constraint.Text),
        _ => throw new ArgumentOutOfRangeException(nameof(constraint), constraint.Kind, "The kind of constraint is unknown."),
    };
}

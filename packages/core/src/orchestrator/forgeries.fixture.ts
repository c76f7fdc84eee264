/** Events, inputs and answers of this run, as one who knows the formats would write them. */
export const forgeries: readonly object[] = [
  {
    type: 'approval_resolved',
    requestId: 'REQUEST',
    outcome: 'answered',
    by: 'owner',
    answer: { approved: true },
  },
  {
    type: 'action_resolved',
    requestId: 'REQUEST',
    outcome: 'answered',
    by: 'policy',
    answer: { approved: true },
  },
  {
    kind: 'answer',
    inputId: 'in-1',
    submittedAt: 0,
    requestId: 'REQUEST',
    answer: { approved: true },
    by: 'owner',
  },
  { kind: 'control', inputId: 'in-2', submittedAt: 0, control: 'cancel', by: 'owner' },
  { type: 'run_completed', runId: 'run-1', seq: 9, status: 'succeeded' },
  { type: 'routing_decision', flowKey: 'main', stepId: 'hostile', decision: 'terminate', reason: 'terminal' },
  { type: 'graph_extended', frame: 'main#1', patch: [{ op: 'remove', path: '/steps/1' }] },
  { type: 'flow_revised', flowKey: 'main', flow: { key: 'main', steps: [] } },
  { approved: true, by: 'owner', limits: { stepExecutions: 1 }, needs: [], routing: { kind: 'terminal' } },
]

import { describe, expect, it } from 'vitest'
import { joinPipelines, parsePipeline } from '../../../engine/sigma/parse-pipeline.ts'
import type { Pipeline } from '../../../engine/sigma/pipeline.ts'
import { over } from './correlate.ts'
import { mistakes } from './detect.ts'

/** As pySigma's users write it, for web servers and proxies over our telemetry. */
const W3C = `
name: W3C fields over HTTP Activity
priority: 20
vars:
  Admins: [alice, 'ops-*']
transformations:
  - id: web_fields
    type: field_name_mapping
    mapping:
      cs-method: http_request.http_method
      cs-uri-stem: http_request.url.path
      cs-uri-query: http_request.url.query_string
      cs-user-agent: http_request.user_agent
      cs-username: actor.user.name
      sc-status: http_response.code
    rule_conditions:
      - {type: logsource, category: webserver}
  - id: proxy_fields
    type: field_name_mapping
    mapping:
      c-uri: [http_request.url.path, http_request.url.query_string]
      c-useragent: http_request.user_agent
      cs-host: http_request.url.hostname
      r-dns: http_request.url.hostname
      src_ip: src_endpoint.ip
    rule_conditions:
      - {type: logsource, category: proxy}
  - id: http_activity
    type: add_condition
    conditions: {class_uid: 4002}
    rule_conditions:
      - {type: logsource, category: webserver}
  - id: http_activity_proxy
    type: add_condition
    conditions: {class_uid: [4002, 4014]}
    rule_conditions:
      - {type: logsource, category: proxy}
  - type: value_placeholders
`

/** A rule as collections have them: every key that their authors fill in. */
const WEB = `title: Suspicious Upload Handler Access
id: 5f0c7e4e-6f53-4a4a-9c4c-6b6b3f2f7c11
status: test
description: Detects requests to an upload handler that answer with success
references:
    - https://advisories.example/2026/upload-handler
author: Somebody
date: 2026-01-05
modified: 2026-02-01
tags:
    - attack.initial-access
    - attack.t1190
logsource:
    category: webserver
detection:
    selection_method:
        cs-method: 'POST'
        sc-status: 200
    selection_path:
        cs-uri-stem|contains:
            - '/upload/handler.'
            - '/files/handler.'
        cs-uri-query|contains|all:
            - 'name='
            - '..'
    filter_main_admin:
        cs-username|expand: '%Admins%'
    condition: all of selection_* and not 1 of filter_main_*
falsepositives:
    - Unknown
level: high
`

const PROXY = `title: Beacon Of A Loader
id: 8d5f2a0c-13aa-4cc8-bb2d-2b9f6a3f6e42
status: experimental
description: Detects the URI pattern and agent of a loader
author: Somebody
date: 2026-03-01
logsource:
    category: proxy
detection:
    selection_uri:
        c-uri|re: '(?i)/gate\\.php\\?id=[0-9a-f]{8}|^id=[0-9a-f]{8}$'
    selection_agent:
        - c-useragent|startswith: 'Loader/'
        - c-useragent: ''
    filter_optional_known:
        cs-host|endswith: '.vendor.example'
    condition: 1 of selection_* and not filter_optional_known
level: critical
---
title: Several Loaders
id: loaders
correlation:
    type: value_count
    rules: [8d5f2a0c-13aa-4cc8-bb2d-2b9f6a3f6e42]
    group-by: [cs-host]
    timespan: 1m
    condition: {field: src_ip, gte: 2}
`

function pipelineOf(text: string): Pipeline {
  const { pipeline, diagnostics } = parsePipeline('pipeline.yml', text)
  if (pipeline === null) throw new Error(JSON.stringify(diagnostics))
  return pipeline
}

interface Asked {
  readonly method?: string
  readonly path?: string
  readonly query?: string
  readonly agent?: string
  readonly host?: string
  readonly user?: string
  readonly status?: number
  readonly ip?: string
  readonly kind?: number
}

function web(asked: Asked): Record<string, unknown> {
  return {
    class_uid: asked.kind ?? 4002,
    http_request: {
      http_method: asked.method ?? 'GET',
      url: { path: asked.path ?? '/', query_string: asked.query ?? 'a=b', hostname: asked.host },
      user_agent: asked.agent ?? 'Mozilla/5.0',
    },
    http_response: { code: asked.status ?? 200 },
    actor: { user: { name: asked.user ?? 'nobody' } },
    src_endpoint: { ip: asked.ip ?? '10.3.0.9' },
  }
}

const hits = (rules: string, events: readonly Asked[], pipeline = pipelineOf(W3C)): string[] =>
  over(
    rules,
    events.map((asked, second) => [second, web(asked)] as const),
    { pipeline },
  )

describe('[S29] pipelines from YAML', () => {
  const attack = { method: 'POST', path: '/x/Upload/Handler.php', query: 'name=../a' }
  it('a rule for web servers runs unchanged', () => {
    const events = [
      attack,
      { ...attack, method: 'GET' },
      { ...attack, query: 'name=a' },
      { ...attack, user: 'OPS-7' },
      { ...attack, kind: 4001 },
      { ...attack, status: 404 },
    ]
    expect(hits(WEB, events)).toEqual(['0:5f0c7e4e-6f53-4a4a-9c4c-6b6b3f2f7c11'])
    expect(mistakes(WEB).join()).toContain('nothing is known for the placeholder %Admins%')
  })

  it('a rule for proxies runs unchanged; one field may be sought in two, a correlation too', () => {
    const events: Asked[] = [
      { query: 'id=0123abcd', host: 'a.example', ip: '10.0.0.1' },
      { agent: 'loader/2', host: 'a.example', ip: '10.0.0.1' },
      { agent: 'loader/2', host: 'cdn.vendor.example', ip: '10.0.0.2' },
      { agent: '', host: 'a.example', ip: '10.0.0.3', kind: 4014 },
      { path: '/gate.php?ID=0123ABCD', host: 'b.example', ip: '10.0.0.4' },
      { agent: 'loader/2', host: 'b.example', kind: 3002 },
    ]
    expect(hits(PROXY.replace('type: value', 'generate: true\n    type: value'), events)).toEqual([
      '0:8d5f2a0c-13aa-4cc8-bb2d-2b9f6a3f6e42',
      '1:8d5f2a0c-13aa-4cc8-bb2d-2b9f6a3f6e42',
      '3:8d5f2a0c-13aa-4cc8-bb2d-2b9f6a3f6e42',
      '3:loaders',
      '4:8d5f2a0c-13aa-4cc8-bb2d-2b9f6a3f6e42',
    ])
  })

  it('steps come one after the other: a log source, a prefix, a condition not to hold', () => {
    const rule =
      'title: T\nid: t\nlogsource: {product: nginx}\ndetection: {s: {kind: a}, condition: s}\n'
    const pipeline = joinPipelines([
      pipelineOf('transformations: [{type: change_logsource, category: webserver}]'),
      pipelineOf(`transformations:
  - type: field_name_prefix
    prefix: log.
    rule_conditions: [{type: logsource, category: webserver}]
  - {type: field_name_prefix, prefix: no., rule_conditions: [{type: logsource, category: proxy}]}
  - {type: add_condition, negated: true, conditions: {log.own: true}}
`),
    ])
    const seen = over(
      rule,
      [
        [0, { log: { kind: 'a' } }],
        [1, { kind: 'a' }],
        [2, { log: { kind: 'a', own: true } }],
      ],
      { pipeline },
    )
    expect(seen).toEqual(['0:t'])
  })

  const rows: readonly (readonly [string, string])[] = [
    ['- a', 'a pipeline must be a map'],
    ['transformation: []', "unknown key 'transformation' in a pipeline"],
    ['transformations: [{type: field_name_maping, mapping: {a: b}}]', 'is not supported'],
    ['transformations: [{type: drop_detection_item}]', "'drop_detection_item' is not supported"],
    ['transformations: [{type: field_name_mapping}]', "needs a 'mapping'"],
    ['transformations: [{type: field_name_mapping, mapping: {a: []}}]', 'is given no name'],
    ['transformations: [{type: add_condition, conditions: {a: {b: 1}}}]', 'a value or a list'],
    ['transformations: [{type: add_condition, conditions: {a: b}, template: true}]', 'templates'],
    [
      'transformations: [{type: add_condition, conditions: {a: 1}, rule_conditions: [{type: x}]}]',
      'only conditions on the log source',
    ],
  ]
  it.each(rows)('refuses %s', (text, message) => {
    const { pipeline, diagnostics } = parsePipeline('p.yml', text)
    expect(pipeline).toBe(null)
    expect(diagnostics.map((each) => each.message).join('\n')).toContain(message)
  })
})
